"""Doctor asks the same, and hears the same, on every way to a PC."""

import json
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import pytest

from contracts.stands import (
    Stand,
    WallClock,
    a_local_stand,
    a_stand,
    an_openssh_stand,
    an_ssh_stand,
)
from ldfleet.domain.checkup import Verdict
from ldfleet.domain.ids import OperationId
from ldfleet.ldplayer.probes.table import PROBES
from ldfleet.workflows.doctor import Visit

STANDS: dict[str, Callable[[], AbstractAsyncContextManager[Stand]]] = {
    "winrm": a_stand,
    "ssh": an_ssh_stand,
    "openssh": an_openssh_stand,
    "local": a_local_stand,
}
OVER_WINRM = {"skip-cmd-shell", "root-sddl", "winrm-quotas"}
OF_THE_EMULATORS = {"running-words", "list3", "list2-encoding", "adb-binding"}


async def note(event: str, **fields: object) -> None:
    del event, fields  # nobody reads it here


@pytest.mark.parametrize("way", STANDS)
async def test_every_question_has_its_answer_on_every_way(way: str) -> None:
    async with STANDS[way]() as stand, stand.transport() as transport:
        visit = Visit(workstation=stand.record, transport=transport, clock=WallClock(), note=note)
        for probe, scene in await visit.plan():
            await visit.ask(probe, scene)

    open_ = {each.probe for each in visit.findings if each.verdict is Verdict.UNKNOWN}
    known = {probe.id for probe in PROBES} - open_
    not_asked = {each.probe for each in visit.findings if not each.asked}
    if way == "winrm":
        # The account is an administrator's, which tells nothing of others' rights.
        assert known >= OVER_WINRM - {"root-sddl"}
        assert not_asked.isdisjoint(OVER_WINRM)
    else:
        assert not_asked >= OVER_WINRM
    assert open_ - not_asked <= OF_THE_EMULATORS | {"root-sddl"}
    assert known >= {"session", "login-rights", "desktop-task", "bare", "registry", "config-bytes"}
    bundle = visit.checkup(OperationId("op_1")).bundle
    assert bundle["transport"] == stand.record.address.transport
    assert stand.record.address.username not in json.dumps(bundle["answers"]) or way == "local"
