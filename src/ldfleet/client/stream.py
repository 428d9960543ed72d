"""The change feed as server-sent events: lines in, messages out."""

from dataclasses import dataclass, field

from pydantic import ValidationError

from ldfleet import errors
from ldfleet.client.calls import Call, nothing, path
from ldfleet.wire.server import ChangesOut, EventOut

SILENCE = 45.0  # three missed pings


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What happened since the last one. With `reset`, what is known may be old: read it anew."""

    id: str
    events: tuple[EventOut, ...] = ()
    reset: bool = False


@dataclass(slots=True, kw_only=True)
class Listener:
    """Reads the stream, and knows where to resume it."""

    url: str
    last_id: str | None = None
    _event: str = "message"
    _data: list[str] = field(default_factory=list[str])

    def call(self) -> Call[None]:
        """Open the stream, after what was heard."""
        headers = {"Accept": "text/event-stream"}
        if self.last_id is not None:
            headers["Last-Event-ID"] = self.last_id
        return Call(path=path("events"), headers=headers, patience=SILENCE, read=nothing)

    def again(self) -> None:
        """Forget a half-heard message: the connection was lost."""
        self._event, self._data = "message", []

    def hear(self, line: str) -> Changes | None:
        """Take a line; gives changes when it ends a message that has some."""
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if not line:
            return self._end()
        if name == "data":
            self._data.append(value)
        elif name == "event":
            self._event = value
        elif name == "id":
            self.last_id = value
        return None

    def _end(self) -> Changes | None:
        event, data = self._event, "\n".join(self._data)
        self.again()
        if event == "reset":
            return Changes(id=self.last_id or "", reset=True)
        if event != "changes":
            return None
        try:
            events = ChangesOut.model_validate_json(data).events
        except ValidationError as exc:
            reason = "an event can't be read"
            raise errors.ServerSaidNonsense(url=self.url, reason=reason) from exc
        return Changes(id=self.last_id or "", events=tuple(events))
