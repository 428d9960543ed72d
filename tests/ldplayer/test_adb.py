"""The words of an ADB server, without a wire."""

import pytest

from ldfleet.domain.process import ProcessResult
from ldfleet.ldplayer.adb import (
    AdbRefused,
    Asking,
    address_of,
    read_answer,
    serial_of,
)
from ldfleet.ldplayer.text import NotUnderstood


def test_an_emulator_has_two_serials() -> None:
    assert (serial_of(0), address_of(0)) == ("emulator-5554", "127.0.0.1:5555")
    assert (serial_of(7), address_of(7)) == ("emulator-5568", "127.0.0.1:5569")


def test_a_device_is_asked_once_it_was_granted() -> None:
    asking = Asking("host:transport:emulator-5554", "exec:id")

    assert asking.begin() == b"001chost:transport:emulator-5554"
    assert asking.receive(b"OK") == b""
    assert asking.receive(b"AY") == b"0007exec:id"
    before = asking.granted
    assert asking.receive(b"OKAYuid=2000") == b""
    assert (before, asking.granted, asking.rest()) == (False, True, b"uid=2000")


def test_a_refusal_is_told_with_its_reason_however_it_is_cut() -> None:
    said = b"FAIL000edevice offline"
    asking = Asking("host:transport:emulator-5554", "exec:id")

    for at in range(len(said) - 1):
        assert asking.receive(said[at : at + 1]) == b""
    with pytest.raises(AdbRefused, match="device offline"):
        asking.receive(said[-1:])


@pytest.mark.parametrize("said", [b"SSH-2.0-OpenSSH_9.5\r\n", b"HTTP/1.1 400", b"FAILxyz!more"])
def test_what_is_no_adb_server_is_not_understood(said: bytes) -> None:
    with pytest.raises(NotUnderstood):
        Asking("host:version").receive(said)


def test_an_error_of_the_program_is_a_refusal() -> None:
    said = b"error: device unauthorized.\r\nThis adb server's $ADB_VENDOR_KEYS is not set\r\n"

    with pytest.raises(AdbRefused, match=r"device unauthorized\."):
        read_answer(ProcessResult(exit_code=1, stderr=said))


def test_what_a_starting_server_says_is_no_refusal() -> None:
    said = b"* daemon not running; starting now at tcp:5037\n* daemon started successfully\n"

    assert read_answer(ProcessResult(exit_code=0, stdout=b"9\n", stderr=said)) == b"9\n"
