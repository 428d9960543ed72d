"""What reaches the log, and what must not."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from ldfleet import telemetry


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    telemetry.configure(stream=stream)
    yield stream
    root.handlers[:], level = before
    root.setLevel(level)
    structlog.reset_defaults()


def last(stream: io.StringIO) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(stream.getvalue().splitlines()[-1])
    return parsed


def test_a_line_is_an_event_and_its_fields(lines: io.StringIO) -> None:
    with structlog.contextvars.bound_contextvars(correlation_id="c-1"):
        telemetry.logger("engine").info("operation.failed", operation_id="op_1", code="disk_full")

    line = last(lines)
    assert line["event"] == "operation.failed"
    assert line["logger"] == "engine"
    assert line["level"] == "info"
    assert line["correlation_id"] == "c-1"
    assert line["operation_id"] == "op_1"
    assert line["ts"].endswith("Z")


def test_lines_of_our_libraries_have_the_same_form(lines: io.StringIO) -> None:
    logging.getLogger("uvicorn").warning("port %s", 1)

    assert last(lines)["event"] == "port 1"


@pytest.mark.parametrize(
    "text", ["http://127.0.0.1:8080/api", "https://fleet:8443", "at http://10.0.0.5:5985: refused"]
)
def test_the_port_of_an_address_is_no_password(text: str) -> None:
    assert telemetry.redact(text) == text


@pytest.mark.parametrize(
    ("argument", "secret"),
    [
        ("--password=hunter2", True),
        ("/password:hunter2", True),
        ("--api-key=1", True),
        ("Authorization: Bearer abc", True),
        ("postgresql://user:canary@host/db", True),
        ("http://10.0.0.5:8080/a", False),
        ("--port=80", False),
        ("C:\\tools\\token-cache", False),
        ("/all", False),
    ],
)
def test_an_argument_that_looks_like_a_secret_is_known(argument: str, *, secret: bool) -> None:
    assert telemetry.holds_secret(argument) is secret


def test_an_error_carries_its_stack(lines: io.StringIO) -> None:
    try:
        raise ValueError("Bearer abcdef")
    except ValueError:
        telemetry.logger("engine").exception("work.crashed")

    line = last(lines)
    assert "ValueError" in line["exception"]
    assert "abcdef" not in lines.getvalue()


@pytest.mark.parametrize(
    "fields",
    [
        {"password": "canary"},
        {"user_password": "canary"},
        {"headers": {"Authorization": "canary"}},
        {"text": "Authorization: Bearer canary"},
        {"url": "postgresql://user:canary@host/db"},
        {"message": "the token ldf_canary123456 was used"},
        {"nested": [{"private_key_pem": "x"}, {"private_key": "canary"}]},
        {"raw": b"Basic canary"},
        {"pem": "-----BEGIN EC PRIVATE KEY-----\ncanary\n-----END EC PRIVATE KEY-----"},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_no_secret_reaches_the_log(lines: io.StringIO, fields: dict[str, Any]) -> None:
    telemetry.logger("transports").info("request.sent", **fields)

    assert "canary" not in lines.getvalue()
    assert "***" in lines.getvalue()


def test_harmless_text_stays(lines: io.StringIO) -> None:
    telemetry.logger("transports").info("command.ran", argv=["ldconsole.exe", "list2"], ms=1.5)

    assert last(lines)["argv"] == ["ldconsole.exe", "list2"]
