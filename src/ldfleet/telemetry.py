"""Structured logs: one JSON object a line, ids in every line, secrets in none.

A line is an event name and fields: `log.info("operation.failed", operation_id=…, code=…)`.
"""

import logging
import re
import sys
from collections.abc import Callable, Generator, Iterable, Mapping, MutableMapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from enum import StrEnum, auto
from typing import Any, TextIO, cast

import structlog

_SECRET_NAMES = re.compile(
    r"pass(word|wd|phrase)?$|secret|token|authorization|cookie|private_?key|credential|api_?key"
)
_HARMLESS_NAMES = frozenset({"token_name", "fencing_token"})
_SECRET_TEXT = re.compile(
    r"(?P<lead>\bBearer\s+|\bBasic\s+)[^\s@\"']+|(?P<url>://[^\s:/@]+:)[^\s@\"']+(?=@)"
    r"|\bld[frcst]_[A-Za-z0-9_-]{8,}"
    r"|\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)",
    re.DOTALL,
)
_MASK = "***"

Fields = MutableMapping[str, Any]


def redact(value: object, *, name: str = "") -> object:
    """The value without secrets: told by their name, or by their shape within a text."""
    if _SECRET_NAMES.search(name.lower()) and name not in _HARMLESS_NAMES and value is not None:
        return _MASK
    if isinstance(value, str):
        return _SECRET_TEXT.sub(lambda found: (found["lead"] or found["url"] or "") + _MASK, value)
    if isinstance(value, bytes):
        return redact(value.decode("utf-8", "backslashreplace"))
    if isinstance(value, Mapping):
        pairs = cast("Mapping[object, object]", value)
        return {str(key): redact(item, name=str(key)) for key, item in pairs.items()}
    if isinstance(value, Sequence | set | frozenset):
        return [redact(item) for item in cast("Iterable[object]", value)]
    return value


def holds_secret(argument: str) -> bool:
    """Whether an argument of a program looks like a secret: by its shape, or `--password=…`."""
    option, given, _ = argument.lstrip("-/").replace(":", "=", 1).partition("=")
    return redact(argument) != argument or (
        bool(given) and redact(argument, name=option.replace("-", "_")) == _MASK
    )


def _redact_line(_logger: object, _method: str, fields: Fields) -> Fields:
    return {name: redact(value, name=name) for name, value in fields.items()}


def logger(name: str) -> structlog.stdlib.BoundLogger:
    """Give a room its logger."""
    bound: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return bound


def telling(**ids: str | None) -> AbstractContextManager[object]:
    """Put the ids into every line that is logged within, by whomever."""
    given = {name: value for name, value in ids.items() if value is not None}
    return structlog.contextvars.bound_contextvars(**given)


class Measure(StrEnum):
    """What is timed where it happens, in seconds."""

    LDCONSOLE = auto()
    """One command; `command` is its word, `failed` the kind of its failure or empty."""
    LOOK = auto()
    """At a running Android; what was looked at, and the kind of the failure or nothing."""
    DB_STATEMENT = auto()
    """One statement, its round trip included."""
    DB_WAIT = auto()
    """For a connection and a transaction; `reason`: the turn to write, or the connection."""


Meter = Callable[[Measure, float, str, str], None]
"""Takes what was measured, the seconds, and up to two labels."""
_METERS: list[Meter] = []


def measured(what: Measure, seconds: float, label: str = "", second: str = "") -> None:
    """Tell it to whoever measures in this process."""
    for meter in _METERS:
        meter(what, seconds, label, second)


@contextmanager
def measuring(meter: Meter) -> Generator[None]:
    """Tell the meter of all that is measured while the body runs."""
    _METERS.append(meter)
    try:
        yield
    finally:
        _METERS.remove(meter)


def configure(*, level: str = "INFO", stream: TextIO | None = None, pretty: bool = False) -> None:
    """Send every log line of the process, our libraries' too, to `stream` (standard error)."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="ts"),
    ]
    end: list[structlog.typing.Processor] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.format_exc_info,
        _redact_line,
        structlog.dev.ConsoleRenderer(timestamp_key="ts", exception_formatter=_as_it_is)
        if pretty
        else structlog.processors.JSONRenderer(default=str, ensure_ascii=False),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=end)
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    quieter = max(logging.WARNING, logging.getLevelNamesMapping()[level])
    for chatty in ("httpx", "httpcore", "aiosqlite", "alembic", "pypsrp", "spnego", "asyncio"):
        logging.getLogger(chatty).setLevel(quieter)


def _as_it_is(stream: TextIO, exc_info: Any) -> None:
    structlog.dev.plain_traceback(stream, exc_info)
