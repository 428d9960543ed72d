"""Calls as values: what will be sent, without sending it."""

import json

import pytest
from pydantic import SecretStr

from ldfleet import errors
from ldfleet.client import emulators, operations, workstations
from ldfleet.client.stream import Changes, Listener
from ldfleet.wire.emulators import EmulatorFilter, EmulatorPatch
from ldfleet.wire.workstations import WorkstationIn, WorkstationPatch


@pytest.mark.parametrize("wild", ["../../x", "a/b", "a?b=c", "a#b", "..", "ä"])
def test_an_id_can_not_leave_its_place_in_the_path(wild: str) -> None:
    path = emulators.get(wild).path

    assert path.startswith("/api/emulators/")
    assert not set("/?#") & set(path.removeprefix("/api/emulators/"))


def test_only_what_was_set_becomes_a_parameter() -> None:
    call = emulators.page(EmulatorFilter(name="farm", removed=True, limit=5))

    assert call.params == {"name": "farm", "removed": "true", "limit": "5"}
    assert emulators.page().params == {}


def test_a_patch_tells_null_from_nothing() -> None:
    body = workstations.change("ws_1", WorkstationPatch(notes=None, host="pc")).body

    assert json.loads(body or b"") == {"notes": None, "host": "pc"}


def test_a_secret_is_sent_in_the_clear_and_shown_masked() -> None:
    draft = WorkstationIn(name="pc", host="pc", password=SecretStr("hunter2"))

    assert json.loads(workstations.add(draft).body or b"")["password"] == "hunter2"
    assert "hunter2" not in repr(draft)


def test_a_version_becomes_the_etag_of_a_change() -> None:
    call = emulators.annotate("em_1", EmulatorPatch(notes="n"), if_version=3)

    assert call.headers == {"If-Match": '"3"'}
    assert workstations.remove("ws_1").headers == {"If-Match": "*"}


def test_only_what_acts_gets_a_key_and_the_callers_own_is_kept() -> None:
    assert emulators.launch("em_1").keyed("k").headers == {"Idempotency-Key": "k"}
    assert emulators.launch("em_1", key="mine").keyed("k").headers == {"Idempotency-Key": "mine"}
    assert operations.cancel("op_1").keyed("k").headers == {}


@pytest.mark.parametrize(
    ("call", "repeatable"),
    [
        (emulators.get("em_1"), True),
        (emulators.quit_("em_1"), True),
        (workstations.scan("ws_1"), True),
        (workstations.remove("ws_1"), True),
        (workstations.test("ws_1"), False),
        (operations.cancel("op_1"), False),
    ],
    ids=["get", "quit", "scan", "remove", "test", "cancel"],
)
def test_what_may_be_repeated(call: object, *, repeatable: bool) -> None:
    assert getattr(call, "repeatable") is repeatable  # noqa: B009 - calls of several types


EVENT = (
    '{"id": "e.7", "type": "emulator.changed", "subject": "em_1", '
    '"at": "2026-11-22T12:00:00Z", "data": {}}'
)


def heard(text: str) -> tuple[Listener, list[Changes]]:
    listener = Listener(url="http://fleet.test")
    found = [listener.hear(line) for line in text.split("\n")]
    return listener, [changes for changes in found if changes is not None]


def test_a_stream_is_read_line_by_line() -> None:
    listener, [changes] = heard(
        f': hello\nevent: ping\ndata: {{}}\n\nevent: changes\nid: e.7\ndata: {{"events":\n'
        f"data: [{EVENT}]}}\n\nevent: chan"
    )

    assert (changes.id, changes.reset) == ("e.7", False)
    assert changes.events[0].subject == "em_1"
    assert listener.call().headers["Last-Event-ID"] == "e.7"


def test_a_reset_is_told() -> None:
    _, [changes] = heard("event: reset\ndata: {}\n\n")

    assert changes.reset
    assert changes.events == ()


def test_an_event_that_is_none_is_nonsense() -> None:
    with pytest.raises(errors.ServerSaidNonsense):
        heard("event: changes\ndata: {}\n\n")
