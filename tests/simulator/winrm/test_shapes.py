"""Our replies have the shapes of the replies that were recorded on real Windows hosts."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from simulator.winrm.testbed import Bench, Raw, Reply, serving

SHAPES: dict[str, Any] = json.loads(
    (Path(__file__).parent / "data" / "winrm-reply-shapes.json").read_text()
)
VOLATILE = set(SHAPES["volatile"])
STRANGER = "11111111-1111-1111-1111-111111111111"
ENVIRONMENT = {
    "env1": "var1",
    "1234": "5678",
    "complex": '_-(){}[]<>*+-/\\?"!@#$^&|;:i,.`~0',
}


def recorded(name: str) -> list[dict[str, Any]]:
    return [each for each in SHAPES["exchanges"] if each["recording"] == name]


def local(name: str) -> str:
    return name.rsplit("}", 1)[-1]


def shape(element: ET.Element, above: str = "") -> list[dict[str, Any]]:
    path = f"{above}/{local(element.tag)}"
    row: dict[str, Any] = {
        "path": path,
        "attributes": sorted(local(name) for name in element.attrib),
    }
    value = _value(element, local(element.tag))
    if value:
        row["value"] = value
    rows = [row]
    for child in element:
        rows.extend(each for each in shape(child, path) if each not in rows)
    return rows


def _value(element: ET.Element, name: str) -> str:
    special: Mapping[str, str] = {
        "CommandState": element.get("State", "").rsplit("/", 1)[-1],
        "WSManFault": element.get("Code", ""),
    }
    if name in special:
        return special[name]
    return "" if name in VOLATILE else (element.text or "").strip()


async def standard(raw: Raw, bench: Bench) -> list[Reply]:  # noqa: ARG001 - all recordings alike
    return await _whole_command(raw, "echo hello")


async def stderr_rc(raw: Raw, bench: Bench) -> list[Reply]:  # noqa: ARG001 - all recordings alike
    return await _whole_command(raw, "unheard-of")


async def unicode(raw: Raw, bench: Bench) -> list[Reply]:  # noqa: ARG001 - all recordings alike
    return await _whole_command(raw, "echo こんにちは", options={"WINRS_CODEPAGE": "65001"})


async def environment(raw: Raw, bench: Bench) -> list[Reply]:  # noqa: ARG001 - all recordings alike
    variables = "".join(
        f"<sh:Variable Name='{name}'><![CDATA[{value}]]></sh:Variable>"
        for name, value in ENVIRONMENT.items()
    )
    inside = f"<sh:Environment>{variables}</sh:Environment>"
    return await _whole_command(raw, "set env1", inside=inside)


async def _whole_command(
    raw: Raw, line: str, *, inside: str = "", options: Mapping[str, str] | None = None
) -> list[Reply]:
    created = await raw.create(inside, options)
    shell = created.of("rsp:Shell/rsp:ShellId")
    started = await raw.command(shell, line)
    command = started.of("rsp:CommandResponse/rsp:CommandId")
    received = await raw.receive(shell, command)
    signalled = await raw.signal(shell, command)
    return [created, started, received, signalled, await raw.delete(shell)]


async def operation_timeout(raw: Raw, bench: Bench) -> list[Reply]:
    created = await raw.create()
    shell = created.of("rsp:Shell/rsp:ShellId")
    started = await raw.command(shell, "tick")
    command = started.of("rsp:CommandResponse/rsp:CommandId")
    replies = [created, started, await raw.receive(shell, command)]
    replies += [await raw.receive(shell, command, within="PT0.1S") for _ in range(2)]
    bench.machine.processes[-1].say(b"tock")
    bench.machine.processes[-1].end(0)
    replies.append(await raw.receive(shell, command))
    return [*replies, await raw.signal(shell, command), await raw.delete(shell)]


async def fail_poll_process(raw: Raw, bench: Bench) -> list[Reply]:  # noqa: ARG001 - all alike
    created = await raw.create()
    shell = created.of("rsp:Shell/rsp:ShellId")
    return [created, await raw.receive(shell, None), await raw.delete(shell)]


async def bad_cmd_id(raw: Raw, bench: Bench) -> list[Reply]:  # noqa: ARG001 - all recordings alike
    created = await raw.create()
    shell = created.of("rsp:Shell/rsp:ShellId")
    started = await raw.command(shell, "echo hi")
    command = started.of("rsp:CommandResponse/rsp:CommandId")
    received = await raw.receive(shell, STRANGER)
    return [created, started, received, await raw.signal(shell, command), await raw.delete(shell)]


PLAYED = {
    each.__name__: each
    for each in (
        standard,
        stderr_rc,
        unicode,
        environment,
        operation_timeout,
        fail_poll_process,
        bad_cmd_id,
    )
}


def test_every_recording_is_played() -> None:
    assert set(PLAYED) == {each["recording"] for each in SHAPES["exchanges"]}
    assert len(SHAPES["exchanges"]) == 36


@pytest.mark.parametrize("name", PLAYED)
async def test_replies_have_the_recorded_shapes(name: str) -> None:
    async with serving() as bench, bench.raw() as raw:
        replies = await PLAYED[name](raw, bench)

    ours = [{"status": each.status, "reply": shape(each.root)} for each in replies]
    theirs = [{"status": each["http_status"], "reply": each["reply"]} for each in recorded(name)]
    assert ours == theirs
