"""What both clients do alike, without I/O.

A talk yields what to send or how long to pause, is given what came of it, and returns its result.
"""

import math
import uuid
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TypeVar

import httpx
from pydantic import SecretStr, ValidationError

from ldfleet import errors
from ldfleet.client import auth, operations
from ldfleet.client.calls import Call
from ldfleet.client.files import FileStream
from ldfleet.client.login import Login, Pair
from ldfleet.wire.accounts import RefreshIn
from ldfleet.wire.operations import OperationOut
from ldfleet.wire.problem import Problem

T = TypeVar("T")

PAUSES = (0.2, 0.5, 1.0)
LONGEST_PAUSE = 10.0
UNAUTHENTICATED = 401
TRY_LATER = frozenset({429, 503})
LONGEST_WAIT = 30.0  # what the server allows in one answer
_WHILE_RENEWED = 0.05
SILENCE = 60.0  # a server that restarts is back before


@dataclass(frozen=True, slots=True)
class Pause:
    """Do nothing for a while."""

    seconds: float


Outcome = httpx.Response | httpx.TransportError | None
Talk = Generator[httpx.Request | Pause, Outcome, T]
Progress = Callable[[OperationOut], None]
Missing = Callable[[errors.FleetError], None]


def new_key() -> str:
    """An Idempotency-Key that nobody used before."""
    return uuid.uuid4().hex


def unheard(_told: object) -> None:
    """For who is not interested in progress."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Talker:
    """Speaks the API for one server and one token, or one login, which it renews."""

    url: str
    token: str | Login | None
    timeout: float
    monotonic: Callable[[], float]
    new_key: Callable[[], str]
    chance: Callable[[], float]
    """From 0 to 1: it spreads the repetitions of many clients."""

    def ask(self, call: Call[T]) -> Talk[T]:
        """One call; repeated with growing pauses while that is safe and may help."""
        keyed = call.keyed(self.new_key())
        outcome = yield from self._insistently(keyed)
        if isinstance(self.token, Login) and _has_expired(outcome):
            yield from self.renew(self.token)
            outcome = yield from self._insistently(keyed)
        return self.understand(call, outcome)

    def renew(self, login: Login) -> Talk[None]:
        """New tokens for a login; one renewal serves all that wait for it."""
        known = login.pair
        while login.renewing:
            yield Pause(_WHILE_RENEWED)
        if login.pair != known:
            return
        with login.alone():
            if login.pair != known:
                return  # another process has done it
            refresh = RefreshIn(refresh_token=SecretStr(known.refresh_token))
            call = auth.refresh(refresh)
            # Not sent twice: a refresh token that comes again ends the session.
            begun = self.understand(call, (yield self.request(call, signed=False)))
            login.renewed(Pair(begun.access_token or "", begun.refresh_token or ""))

    def _insistently(self, call: Call[T]) -> Talk[Outcome]:
        request = self.request(call)
        outcome = yield request
        for pause in PAUSES:
            if not _worth_repeating(call, outcome):
                break
            yield Pause(self.spread(_asked_pause(outcome) or pause))
            outcome = yield request
        return outcome

    def wait(
        self,
        operation_id: str,
        *,
        timeout: float | None,
        step: float,
        tell: Progress,
        missing: Missing,
    ) -> Talk[OperationOut]:
        """Until the operation is over, or `timeout` is up: then it is given as it is."""
        start = self.monotonic()
        while True:
            left = math.inf if timeout is None else timeout - (self.monotonic() - start)
            patience = max(0.0, min(step, left, LONGEST_WAIT))
            asked = operations.get(operation_id, wait=patience)
            operation = yield from self._insist(asked, min(left, SILENCE), missing)
            tell(operation)
            if operation.status.over or left <= 0:
                return operation

    def _insist(self, call: Call[T], seconds: float, missing: Missing) -> Talk[T]:
        """One call, on and on while the server is away, at most so many seconds."""
        away_since: float | None = None
        pause = 1.0
        while True:
            try:
                return (yield from self.ask(call))
            except errors.FleetError as error:
                now = self.monotonic()
                away_since = now if away_since is None else away_since
                left = seconds - (now - away_since)
                if left <= 0 or not _may_come_back(error):
                    raise
                missing(error)
            yield Pause(min(self.spread(pause), left))
            pause = min(pause * 2, LONGEST_PAUSE)

    def spread(self, seconds: float) -> float:
        """Up to half as long again: clients that were cut off together come back one by one."""
        return seconds * (1 + self.chance() / 2)

    def request(self, call: Call[T], *, signed: bool = True) -> httpx.Request:
        """The call as httpx sends it."""
        headers = dict(call.headers)
        token = self.token.pair.access_token if isinstance(self.token, Login) else self.token
        if token is not None and signed:
            headers["Authorization"] = f"Bearer {token}"
        if call.body is not None:
            kind = "merge-patch+json" if call.method == "PATCH" else "json"
            headers["Content-Type"] = f"application/{kind}"
        if call.file is not None:
            # What httpx says by itself only of bodies that it makes.
            headers["Host"] = httpx.URL(self.url).netloc.decode()
            headers["Content-Type"] = "application/octet-stream"
            headers["Content-Length"] = str(call.file.stat().st_size)
        timeout = httpx.Timeout(self.timeout, read=self.timeout + call.patience, connect=5.0)
        return httpx.Request(
            call.method,
            self.url.rstrip("/") + call.path,
            params=dict(call.params),
            content=call.body,
            stream=None if call.file is None else FileStream(call.file),
            headers=headers,
            extensions={"timeout": timeout.as_dict()},
        )

    def understand(self, call: Call[T], outcome: Outcome) -> T:
        """The answer, or the error that it is."""
        if not isinstance(outcome, httpx.Response):
            raise self.unreachable(outcome) from outcome
        if not outcome.is_success and outcome.status_code not in call.also:
            raise self.refusal(outcome)
        try:
            return call.read(outcome.content)
        except ValidationError as exc:
            raise errors.ServerSaidNonsense(url=self.url, reason=_first_fault(exc)) from exc

    def refusal(self, response: httpx.Response) -> errors.FleetError:
        """The error of a problem document."""
        try:
            return Problem.model_validate_json(response.content).error()
        except ValidationError:
            reason = f"status {response.status_code} without a problem document"
            return errors.ServerSaidNonsense(url=self.url, reason=reason)

    def unreachable(self, error: httpx.TransportError | None) -> errors.ServerUnreachable:
        """The error of a server that did not answer."""
        reason = str(error) or type(error).__name__
        return errors.ServerUnreachable(url=self.url, reason=reason)


def _has_expired(outcome: Outcome) -> bool:
    if not isinstance(outcome, httpx.Response) or outcome.status_code != UNAUTHENTICATED:
        return False
    try:
        return Problem.model_validate_json(outcome.content).code == errors.TokenExpired.code
    except ValidationError:
        return False


def _worth_repeating(call: Call[T], outcome: Outcome) -> bool:
    if isinstance(outcome, httpx.UnsupportedProtocol | httpx.LocalProtocolError):
        return False
    if isinstance(outcome, httpx.ConnectError | httpx.ConnectTimeout):
        return True  # nothing was sent
    if isinstance(outcome, httpx.Response):
        later = outcome.status_code in TRY_LATER - call.also
        return call.repeatable and later and (_asked_pause(outcome) or 0) <= LONGEST_PAUSE
    return call.repeatable


def _may_come_back(error: errors.FleetError) -> bool:
    """Operations outlive the server: who waits for one waits for the server too.

    One that stops, or a proxy before one that is away, answers without a problem document.
    """
    nonsense = isinstance(error, errors.ServerSaidNonsense)
    return nonsense or error.kind is errors.Kind.UNAVAILABLE


def _asked_pause(outcome: Outcome) -> float | None:
    asked = outcome.headers.get("Retry-After", "") if isinstance(outcome, httpx.Response) else ""
    return float(asked) if asked.isdecimal() else None


def _first_fault(exc: ValidationError) -> str:
    first = exc.errors(include_url=False, include_input=False, include_context=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    return f"{place}: {first['msg']}" if place else first["msg"]
