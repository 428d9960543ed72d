"""The scripts that prepare a PC, as far as they can be checked without a PowerShell."""

import re
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ldfleet import errors
from ldfleet.domain.preparation import Preparation, Rights
from ldfleet.transports.powershell import text_of
from ldfleet.transports.preparation import script_of
from support import powershell

PLAIN = Preparation(servers=("10.0.0.1",))
ORDERS = [
    PLAIN,
    Preparation(servers=("10.0.0.1", "2001:db8::7"), user="farm-01", ssh=True),
    Preparation(servers=("10.0.0.1",), rights=Rights.LEAST, ssh=True),
    Preparation(undo=True),
]
STEP = re.compile(r"\bname='([a-z-]+)'\n +says=(['\"])(.+)\2\n", re.MULTILINE)
UNDONE = re.compile(r"^  '([a-z-]+)'=@\{says=", re.MULTILINE)
CHANGES = re.compile(
    r"\b(Set|New|Remove|Add|Disable|Enable|Register|Unregister|Start|Stop)-[A-Z]\w+"
)
HARMLESS = {"New-Object", "New-TimeSpan", "New-ScheduledTaskAction", "New-ScheduledTaskPrincipal"}


def steps_of(script: str) -> Mapping[str, str]:
    return {found[1]: found[3] for found in STEP.finditer(script.replace("\r\n", "\n"))}


@pytest.mark.parametrize("order", ORDERS)
def test_a_script_parses_as_powershell(order: Preparation) -> None:
    assert powershell.mistakes(script_of(order)) == []


@pytest.mark.parametrize("order", ORDERS)
def test_windows_powershell_reads_it_whatever_its_code_page(order: Preparation) -> None:
    script = script_of(order)

    assert script.isascii()
    assert "{{" not in script
    assert script.count("\r\n") == script.count("\n")


@pytest.mark.parametrize("order", ORDERS)
def test_it_runs_elevated_only_and_can_list_without_doing(order: Preparation) -> None:
    first, *_ = script_of(order).partition("# ldfleet:plan")

    assert "#Requires -RunAsAdministrator" in first
    assert "param([switch]$WhatIf,[switch]$Yes" in first


def test_the_runner_inside_is_the_shipped_one() -> None:
    [here] = re.findall(
        r"^\$runner=@'\n(.*?)\n'@", unix(script_of(PLAIN)), re.DOTALL | re.MULTILINE
    )

    assert here == text_of("run")


def test_nothing_in_the_shipped_runner_ends_the_text_that_holds_it() -> None:
    assert "\n'@" not in text_of("run")


@pytest.mark.parametrize("order", [each for each in ORDERS if not each.undo])
def test_every_change_of_the_plan_is_told_kept_and_undone(order: Preparation) -> None:
    known = set(
        re.findall(
            r"^  '([a-z-]+)'=@\{says=", unix(script_of(Preparation(undo=True))), re.MULTILINE
        )
    )
    script = unix(script_of(order))

    assert set(steps_of(script)) <= known
    assert set(re.findall(r"\bname='([a-z-]+)'", script)) == set(steps_of(script))
    for part in ("needed", "before", "make"):
        assert len(re.findall(rf"^ +{part}=\{{", script, re.MULTILINE)) == len(steps_of(script)), (
            part
        )


def test_undo_knows_no_step_that_prepare_does_not_make() -> None:
    every = set(steps_of(script_of(ORDERS[1]))) | set(steps_of(script_of(ORDERS[2])))
    known = set(UNDONE.findall(text_of("undo")))

    assert known == every


@pytest.mark.parametrize("order", [each for each in ORDERS if not each.undo])
def test_nothing_is_changed_outside_a_step(order: Preparation) -> None:
    """Functions change too, but are called by steps alone: `make` is where they are named."""
    script = unix(script_of(order))
    body = script[script.index("# ldfleet:prepare") :]
    outside = [
        (found[0], body[: found.start()].count("\n"))
        for found in CHANGES.finditer(body)
        if found[0] not in HARMLESS and not within_make(body, found.start())
    ]

    assert outside == []


def within_make(body: str, at: int) -> bool:
    """Whether that place is in the block `make` of a step, in what it says, or in a remark."""
    root = powershell.parsed(body)
    node = root.descendant_for_byte_range(at, at + 1)
    while node is not None:
        text = powershell.text_of(node)
        if node.type == "hash_entry" and text.startswith(("make=", "says=")):
            return True
        if node.type in {"string_literal", "comment"}:
            return True
        node = node.parent
    return False


def test_the_firewall_lets_in_the_servers_alone() -> None:
    script = script_of(ORDERS[1])

    assert "$servers=@('10.0.0.1','2001:db8::7')" in script
    assert "-RemoteAddress $addresses" in script
    assert "-RemoteAddress Any" not in script


def test_without_ssh_nothing_is_said_of_ssh() -> None:
    assert "$ssh=$false" in script_of(PLAIN)
    assert {each for each in steps_of(script_of(ORDERS[1])) if each.startswith("ssh-")} == {
        "ssh-server",
        "ssh-firewall",
        "ssh-shell",
        "ssh-service",
    }


@pytest.mark.parametrize("order", ORDERS)
def test_no_password_is_taken_from_or_put_into_anything_but_the_account(
    order: Preparation,
) -> None:
    script = script_of(order)

    assert "ConvertTo-SecureString" not in script
    assert not re.search(r"PutValue \S+ 'DefaultPassword'|AutoAdminLogon' 1", script)
    assert not re.search(r"Say .*\$(one|two|first|second)\b", script)


@given(st.text(max_size=30), st.text(max_size=30))
def test_nothing_that_is_filled_in_breaks_out_of_its_string(server: str, user: str) -> None:
    try:
        script = script_of(Preparation(servers=(server,), user=user))
    except errors.FieldInvalid as refused:
        assert refused.field in {"servers", "user"}
    else:
        assert script == script_of(PLAIN).replace("'10.0.0.1'", f"'{server}'").replace(
            "$user='ldops'", f"$user='{user}'"
        )
        assert {*server, *user} <= set(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.:-"
        )


@pytest.mark.parametrize(
    "text",
    ["x'; whoami #", "x\u2019; whoami #", "$(whoami)", "x`n", "x\n'@", "{{runner}}", "", "x\n"],
)
@pytest.mark.parametrize("field", ["servers", "user"])
def test_what_could_end_a_string_is_refused(field: str, text: str) -> None:
    order = (
        Preparation(servers=(text,))
        if field == "servers"
        else Preparation(servers=("10.0.0.1",), user=text)
    )

    with pytest.raises(errors.FieldInvalid) as raised:
        script_of(order)

    assert raised.value.field == field


def unix(script: str) -> str:
    return script.replace("\r\n", "\n")
