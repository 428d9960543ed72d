"""The control port: switch faults and read the journal over HTTP, on loopback only."""

import asyncio
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any, cast
from urllib.parse import parse_qs, unquote, urlsplit

import h11

from ldfleet.simulator.journal import Journal
from ldfleet.simulator.workstation import Workstation

HOST = "127.0.0.1"
LARGEST_BODY = 1 << 20
LARGEST_PAGE = 10_000
OK, BAD_REQUEST, NOT_FOUND, CONFLICT, UNPROCESSABLE = 200, 400, 404, 409, 422

Json = dict[str, Any]  # a request's body; each use checks what it takes


class Refusal(Exception):
    """A status and a sentence for the one who asked."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    method: str
    path: tuple[str, ...]
    query: Mapping[str, str]
    body: bytes

    def json(self) -> Json:
        try:
            value = json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise Refusal(BAD_REQUEST, f"The body is no JSON: {error}.") from error
        if not isinstance(value, dict):
            raise Refusal(BAD_REQUEST, "The body is to be a JSON object.")
        return cast("Json", value)


class Control:
    """Routes of the control port; one request a connection."""

    def __init__(self, workstations: Mapping[str, Workstation], journal: Journal) -> None:
        self.url = ""
        self._workstations = {name.lower(): one for name, one in workstations.items()}
        self._journal = journal
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Task[None]] = set()

    async def start(self, group: asyncio.TaskGroup, *, port: int = 0) -> None:
        """Listen; port 0 takes a free one. Connections run in `group`."""

        def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = group.create_task(self._converse(reader, writer))
            self._open.add(task)
            task.add_done_callback(self._open.discard)

        self._server = await asyncio.start_server(connected, HOST, port)
        self.url = f"http://{HOST}:{self._server.sockets[0].getsockname()[1]}"

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for task in self._open:
            task.cancel()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = h11.Connection(h11.SERVER)
        try:
            with suppress(ConnectionError):
                status, answer = await self._answer(connection, reader)
                if connection.our_state in {h11.IDLE, h11.SEND_RESPONSE}:
                    writer.write(_response(connection, status, answer))
                await writer.drain()
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    async def _answer(
        self, connection: h11.Connection, reader: asyncio.StreamReader
    ) -> tuple[int, object]:
        try:
            return OK, self._route(await _asked(connection, reader))
        except Refusal as refusal:
            return refusal.status, {"error": refusal.sentence}
        except h11.RemoteProtocolError as error:
            return BAD_REQUEST, {"error": f"Not understood: {error}."}

    def _route(self, asked: Asked) -> object:
        match asked.method, asked.path:
            case "GET", ("clock",):
                clock = next(iter(self._workstations.values())).machine.host.clock
                return {"now": clock.now(), "scale": clock.scale}
            case "GET", ("workstations",):
                return [_summary(one) for one in self._workstations.values()]
            case "GET", ("workstations", name):
                return _details(self._find(name))
            case "PATCH", ("workstations", name, "faults"):
                return self._set_faults(self._find(name), asked.json())
            case "POST", ("workstations", name, "actions"):
                return self._act(self._find(name), asked.json())
            case "GET", ("journal",):
                return self._entries(asked)
            case _:
                path = "/".join(asked.path)
                raise Refusal(NOT_FOUND, f"There is no {asked.method} /{path} here.")

    def _find(self, name: str) -> Workstation:
        found = self._workstations.get(name.lower())
        if found is None:
            raise Refusal(NOT_FOUND, f"There is no workstation '{name}'.")
        return found

    def _act(self, workstation: Workstation, body: Json) -> object:
        name, arguments = body.get("action"), body.get("arguments", {})
        action = workstation.actions().get(name) if isinstance(name, str) else None
        if action is None:
            known = ", ".join(sorted(workstation.actions()))
            raise Refusal(UNPROCESSABLE, f"There is no action '{name}'. There are: {known}.")
        _do(action, arguments)
        self._note(workstation, "action", str(name), arguments)
        return {"done": name}

    def _set_faults(self, workstation: Workstation, values: Json) -> object:
        for name, value in values.items():
            try:
                workstation.set_fault(name, value)
            except LookupError as error:
                raise Refusal(UNPROCESSABLE, str(error.args[0])) from error
            except ValueError as error:
                raise Refusal(UNPROCESSABLE, str(error)) from error
            self._note(workstation, "fault", name, value)
        return workstation.faults()

    def _note(self, workstation: Workstation, kind: str, name: str, value: object) -> None:
        host = workstation.machine.host
        self._journal.write(
            at=host.clock.now(),
            workstation=host.name,
            kind=kind,
            session=0,
            user="",
            pid=0,
            argv=[name, json.dumps(value)],
            effect="done",
        )

    def _entries(self, asked: Asked) -> object:
        after, workstation = asked.query.get("after", "0"), asked.query.get("workstation")
        if not after.isdigit():
            raise Refusal(UNPROCESSABLE, f"'after' is an entry's number, not '{after}'.")
        if workstation is not None:
            workstation = self._find(workstation).machine.name
        entries = self._journal.after(int(after), workstation=workstation)[:LARGEST_PAGE]
        return [asdict(entry) for entry in entries]


def _summary(workstation: Workstation) -> Json:
    endpoint = workstation.endpoint
    emulators = sum(len(install.instances) for install in workstation.machine.installs)
    return {
        "name": workstation.machine.name,
        "http_port": endpoint.http_port,
        "https_port": endpoint.https_port,
        "ssh_port": workstation.ssh.port,
        "adb_port": workstation.ports.adb_port,
        "emulators": emulators,
    }


def _details(workstation: Workstation) -> Json:
    return {
        **_summary(workstation),
        **workstation.machine.describe(),
        "faults": workstation.faults(),
        "actions": sorted(workstation.actions()),
    }


def _do(action: Callable[..., None], arguments: object) -> None:
    if not isinstance(arguments, dict):
        raise Refusal(UNPROCESSABLE, "'arguments' is to be a JSON object.")
    try:
        action(**cast("Json", arguments))
    except (TypeError, ValueError) as error:
        raise Refusal(UNPROCESSABLE, f"The action does not take that: {error}.") from error
    except (LookupError, OSError) as error:
        raise Refusal(CONFLICT, str(error.args[0])) from error


async def _asked(connection: h11.Connection, reader: asyncio.StreamReader) -> Asked:
    request: h11.Request | None = None
    body = bytearray()
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            connection.receive_data(await reader.read(65_536))
        elif isinstance(event, h11.Request):
            request = event
        elif isinstance(event, h11.Data):
            body += event.data
            if len(body) > LARGEST_BODY:
                raise Refusal(UNPROCESSABLE, "The body is too large.")
        elif request is not None and isinstance(event, h11.EndOfMessage):
            return _read(request, bytes(body))
        else:
            raise ConnectionResetError


def _read(request: h11.Request, body: bytes) -> Asked:
    parts = urlsplit(request.target.decode("ascii"))
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    path = tuple(unquote(part) for part in parts.path.split("/") if part)
    return Asked(method=request.method.decode("ascii"), path=path, query=query, body=body)


def _response(connection: h11.Connection, status: int, answer: object) -> bytes:
    content = json.dumps(answer, ensure_ascii=False).encode()
    head = h11.Response(
        status_code=status,
        headers=[
            ("content-type", "application/json"),
            ("content-length", str(len(content))),
            ("connection", "close"),
        ],
    )
    events = (head, h11.Data(data=content), h11.EndOfMessage())
    return b"".join(connection.send(event) or b"" for event in events)
