"""The exit codes are a promise to scripts."""

import pytest

from ldfleet import errors
from ldfleet.cli import exits
from ldfleet.cli.exits import Exit
from ldfleet.domain.operation import OperationStatus
from ldfleet.errors import Kind

S = OperationStatus


def test_the_codes_are_these() -> None:
    assert {code.name: code.value for code in Exit} == {
        "OK": 0,
        "GENERAL": 1,
        "USAGE": 2,
        "NOT_SIGNED_IN": 3,
        "NOT_ALLOWED": 4,
        "NOT_FOUND": 5,
        "CONFLICT": 6,
        "PARTIAL": 7,
        "WAIT_TIMED_OUT": 8,
        "CANCELLED": 9,
        "UNREACHABLE": 10,
        "CONFIGURATION": 11,
        "FINDINGS": 12,
        "INTERRUPTED": 130,
    }
    assert set(exits.MEANINGS) == set(Exit)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.FieldInvalid(field="name", reason="long"), Exit.USAGE),
        (errors.TokenInvalid(), Exit.NOT_SIGNED_IN),
        (errors.EmulatorNotFound(emulator="em_1"), Exit.NOT_FOUND),
        (errors.EmulatorGone(emulator="em_1"), Exit.CONFLICT),
        (errors.ServerUnreachable(url="u", reason="r"), Exit.UNREACHABLE),
        (errors.ServerSaidNonsense(url="u", reason="r"), Exit.GENERAL),
        (errors.SettingInvalid(setting="s", reason="r"), Exit.CONFIGURATION),
        (errors.InternalError(), Exit.GENERAL),
        (errors.DiskFull(workstation="ws_1"), Exit.GENERAL),
    ],
    ids=lambda value: getattr(value, "code", None),
)
def test_an_error_has_the_code_of_what_one_can_do(error: errors.FleetError, code: Exit) -> None:
    assert exits.of_error(error) is code


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_a_code(kind: Kind) -> None:
    assert kind in exits.BY_KIND


@pytest.mark.parametrize("status", S)
def test_only_success_exits_0(status: OperationStatus) -> None:
    expected = {
        S.SUCCEEDED: Exit.OK,
        S.CANCELLED: Exit.CANCELLED,
        S.QUEUED: Exit.WAIT_TIMED_OUT,
        S.RUNNING: Exit.WAIT_TIMED_OUT,
        S.CANCELLING: Exit.WAIT_TIMED_OUT,
    }

    assert exits.of_status(status) is expected.get(status, Exit.GENERAL)


@pytest.mark.parametrize(
    ("several", "one"),
    [
        ([], Exit.OK),
        ([Exit.OK, Exit.OK], Exit.OK),
        ([Exit.CONFLICT, Exit.CONFLICT], Exit.CONFLICT),
        ([Exit.OK, Exit.GENERAL], Exit.PARTIAL),
        ([Exit.OK, Exit.WAIT_TIMED_OUT], Exit.WAIT_TIMED_OUT),
        ([Exit.OK, Exit.WAIT_TIMED_OUT, Exit.GENERAL], Exit.PARTIAL),
        ([Exit.CANCELLED, Exit.GENERAL], Exit.GENERAL),
    ],
)
def test_several_targets_have_one_code(several: list[Exit], one: Exit) -> None:
    assert exits.of_many(several) is one
