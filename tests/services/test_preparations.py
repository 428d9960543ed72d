"""What a PC may be prepared for."""

import pytest

from ldfleet import errors
from ldfleet.domain.actor import Actor
from ldfleet.domain.preparation import Preparation
from ldfleet.services.preparations import Preparations
from ldfleet.transports.preparation import script_of

ANNA = Actor(name="anna")
PREPARATIONS = Preparations(script_of)


@pytest.mark.parametrize(
    "server",
    ["", "pc-01", "10.0.0.0/8", "::", "127.0.0.1", "224.0.0.1", "fe80::1%eth0", "*"],
)
def test_what_is_no_address_of_a_server_is_refused(server: str) -> None:
    with pytest.raises(errors.FieldInvalid) as raised:
        PREPARATIONS.script(ANNA, Preparation(servers=("10.0.0.1", server)))

    assert raised.value.field == "servers"


def test_without_a_server_nobody_would_be_let_in() -> None:
    with pytest.raises(errors.FieldInvalid):
        PREPARATIONS.script(ANNA, Preparation())


@pytest.mark.parametrize("user", ["", "x'; whoami", "DOMAIN\\x", "a b", "dot.", "x" * 21, "ъ"])
def test_what_windows_takes_for_no_local_account_is_refused(user: str) -> None:
    with pytest.raises(errors.FieldInvalid) as raised:
        PREPARATIONS.script(ANNA, Preparation(servers=("10.0.0.1",), user=user))

    assert raised.value.field == "user"


def test_an_address_is_written_in_one_way_and_once() -> None:
    order = Preparation(servers=(" 2001:DB8:0::7", "2001:db8::7"), user=" ldops ")

    script = PREPARATIONS.script(ANNA, order)

    assert "$servers=@('2001:db8::7')" in script
    assert "$user='ldops'" in script


def test_an_undo_needs_to_know_nothing() -> None:
    assert "# ldfleet:undo" in PREPARATIONS.script(ANNA, Preparation(undo=True))
