"""The client for ordinary code: it blocks until the answer is there."""

import random
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from typing import Self, TypeVar

import httpx

from ldfleet import errors
from ldfleet.client.calls import Call
from ldfleet.client.login import Login
from ldfleet.client.stream import Changes, Listener
from ldfleet.client.talk import (
    LONGEST_WAIT,
    PAUSES,
    Missing,
    Outcome,
    Pause,
    Progress,
    Talk,
    Talker,
    new_key,
    unheard,
)
from ldfleet.wire.operations import OperationOut
from ldfleet.wire.shapes import Page

T = TypeVar("T")


class Client:
    """Sends calls to one server. Not for use by several threads at once."""

    def __init__(
        self,
        url: str,
        token: str | Login | None,
        *,
        timeout: float = 30.0,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._talker = Talker(
            url=url,
            token=token,
            timeout=timeout,
            monotonic=monotonic,
            new_key=new_key,
            chance=chance,
        )
        # Reading the authorities' certificates takes longer than most calls.
        self._http = httpx.Client(transport=transport, verify=url.startswith("https"))
        self._sleep = sleep

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def close(self) -> None:
        """Close its connections."""
        self._http.close()

    def send(self, call: Call[T]) -> T:
        """Send a call and read its answer; raises the server's problem as its error."""
        return self._run(self._talker.ask(call))

    def iterate(self, call: Call[Page[T]]) -> Iterator[T]:
        """Everything that a paged call lists, page by page."""
        cursor: str | None = None
        while True:
            page = self.send(call if cursor is None else call.having(cursor=cursor))
            yield from page.items
            cursor = page.next_cursor
            if cursor is None:
                return

    def wait(
        self,
        operation_id: str,
        *,
        timeout: float | None = None,
        step: float = LONGEST_WAIT,
        tell: Progress = unheard,
        missing: Missing = unheard,
    ) -> OperationOut:
        """Wait until the operation is over, or `timeout` is up: then it is given as it is.

        `tell` is called with what is known at least every `step` seconds; `missing` with the
        failure while the server is away, which is borne for a minute: a restart takes less.
        """
        return self._run(
            self._talker.wait(operation_id, timeout=timeout, step=step, tell=tell, missing=missing)
        )

    def events(self, after: str | None = None) -> Generator[Changes]:
        """Follow the change feed without end; a lost connection is resumed where it was lost."""
        listener = Listener(url=self._talker.url, last_id=after)
        failures, renewed = 0, False
        while True:
            try:
                with closing(self._listen(listener)) as heard:
                    for changes in heard:
                        failures, renewed = 0, False
                        yield changes
            except errors.TokenExpired:
                if renewed or not isinstance(token := self._talker.token, Login):
                    raise
                self._run(self._talker.renew(token))
                renewed = True
                continue
            except httpx.TransportError as exc:
                failures += 1
                if failures > len(PAUSES):
                    raise self._talker.unreachable(exc) from exc
            listener.again()
            self._sleep(self._talker.spread(PAUSES[max(0, failures - 1)]))

    def _listen(self, listener: Listener) -> Generator[Changes]:
        response = self._http.send(self._talker.request(listener.call()), stream=True)
        try:
            if not response.is_success:
                response.read()
                raise self._talker.refusal(response)
            for line in response.iter_lines():
                if (changes := listener.hear(line)) is not None:
                    yield changes
        finally:
            response.close()

    def _run(self, talk: Talk[T]) -> T:
        outcome: Outcome = None
        while True:
            try:
                step = talk.send(outcome)
            except StopIteration as end:
                result: T = end.value
                return result
            outcome = self._do(step)

    def _do(self, step: httpx.Request | Pause) -> Outcome:
        if isinstance(step, Pause):
            self._sleep(step.seconds)
            return None
        try:
            return self._http.send(step)
        except httpx.TransportError as exc:
            return exc
