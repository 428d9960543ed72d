"""WMI classes and one's own shells over Get, Enumerate and Pull."""

import pytest

from ldfleet.simulator import wql
from ldfleet.simulator.winrm.options import WinRMOptions
from simulator.winrm.testbed import (
    ASCII_PASSWORD,
    ASCII_USER,
    ENUMERATION,
    NAMESPACES,
    SHELL,
    TRANSFER,
    WMI,
    Raw,
    Reply,
    serving,
)

WQL = "http://schemas.microsoft.com/wbem/wsman/1/WQL"
CIM = "{http://schemas.dmtf.org/wbem/wscim/1/common}"
NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
OS = f"{{{WMI}/Win32_OperatingSystem}}"
PROCESS = f"{{{WMI}/Win32_Process}}"


async def enumerate_(raw: Raw, uri: str, inside: str = "", *, at_most: int = 0) -> Reply:
    optimised = (
        f"<man:OptimizeEnumeration/><man:MaxElements>{at_most}</man:MaxElements>" if at_most else ""
    )
    body = f"<en:Enumerate>{optimised}{inside}</en:Enumerate>"
    return await raw.send(f"{ENUMERATION}/Enumerate", uri, body)


async def query(raw: Raw, text: str, *, at_most: int = 100) -> Reply:
    inside = f"<man:Filter Dialect='{WQL}'><![CDATA[{text}]]></man:Filter>"
    return await enumerate_(raw, f"{WMI}/*", inside, at_most=at_most)


async def pull(raw: Raw, uri: str, context: str, at_most: int) -> Reply:
    body = (
        f"<en:Pull><en:EnumerationContext>{context}</en:EnumerationContext>"
        f"<en:MaxElements>{at_most}</en:MaxElements></en:Pull>"
    )
    return await raw.send(f"{ENUMERATION}/Pull", uri, body)


def names(reply: Reply) -> list[str]:
    return [each.text or "" for each in reply.body.iter(f"{PROCESS}Name")]


async def test_one_request_brings_a_whole_class() -> None:
    async with serving() as bench, bench.raw() as raw:
        reply = await enumerate_(raw, f"{WMI}/Win32_OperatingSystem", at_most=10)

    response = reply.body.find("n:EnumerateResponse", NAMESPACES)
    assert response is not None
    assert [each.tag.rsplit("}")[-1] for each in response] == [
        "EnumerationContext",
        "Items",
        "EndOfSequence",
    ]
    assert not response.findtext("n:EnumerationContext", None, NAMESPACES)
    assert response.find("w:Items", NAMESPACES) is not None


async def test_values_are_written_as_windows_writes_them() -> None:
    async with serving() as bench, bench.raw() as raw:
        reply = await raw.send(f"{TRANSFER}/Get", f"{WMI}/Win32_OperatingSystem")

    instance = reply.body[0]
    assert instance.tag == f"{OS}Win32_OperatingSystem"
    assert instance.findtext(f"{OS}FreePhysicalMemory") == "8123456"
    assert instance.findtext(f"{OS}Primary") == "true"
    assert [each.text for each in instance.findall(f"{OS}MUILanguages")] == ["en-US", "ru-RU"]
    nothing = instance.find(f"{OS}Manufacturer")
    assert nothing is not None
    assert nothing.get(NIL) == "true"
    assert instance.findtext(f"{OS}LastBootUpTime/{CIM}Datetime") == "2026-11-22T21:41:51.5+01:00"


async def test_the_rest_of_an_enumeration_is_pulled() -> None:
    uri = f"{WMI}/Win32_Process"
    async with serving() as bench, bench.raw() as raw:
        first = await enumerate_(raw, uri, at_most=2)
        second = await pull(raw, uri, first.of(".//n:EnumerationContext"), 2)
        third = await pull(raw, uri, second.of(".//n:EnumerationContext"), 2)

    assert [names(each) for each in (first, second, third)] == [
        ["player0.exe", "player1.exe"],
        ["player2.exe", "player3.exe"],
        ["player4.exe"],
    ]
    assert third.body.find("n:PullResponse/n:Items", NAMESPACES) is not None
    assert third.body.find("n:PullResponse/n:EndOfSequence", NAMESPACES) is not None


async def test_a_spent_or_old_enumeration_is_refused() -> None:
    uri = f"{WMI}/Win32_Process"
    async with serving() as bench, bench.raw() as raw:
        context = (await enumerate_(raw, uri)).of(".//n:EnumerationContext")
        other = (await enumerate_(raw, uri)).of(".//n:EnumerationContext")
        assert len(names(await pull(raw, uri, context, 100))) == 5
        spent = await pull(raw, uri, context, 100)
        bench.clock.now += 241
        old = await pull(raw, uri, other, 100)

    assert [each.subcode for each in (spent, old)] == ["n:InvalidEnumerationContext"] * 2


async def test_a_released_enumeration_is_gone() -> None:
    uri = f"{WMI}/Win32_Process"
    async with serving() as bench, bench.raw() as raw:
        context = (await enumerate_(raw, uri)).of(".//n:EnumerationContext")
        body = f"<en:Release><en:EnumerationContext>{context}</en:EnumerationContext></en:Release>"
        released = await raw.send(f"{ENUMERATION}/Release", uri, body)
        after = await pull(raw, uri, context, 100)

    assert (released.status, after.status) == (200, 500)


async def test_a_batch_fits_into_the_clients_envelope() -> None:
    async with serving() as bench, bench.raw() as raw:
        body = "<en:Enumerate><man:OptimizeEnumeration/><man:MaxElements>99</man:MaxElements>"
        reply = await raw.send(
            f"{ENUMERATION}/Enumerate",
            f"{WMI}/Win32_Process",
            f"{body}</en:Enumerate>",
            max_envelope_size=5120,
        )

    assert 0 < len(names(reply)) < 5
    assert reply.of(".//n:EnumerationContext")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("select * from Win32_Process where Name='PLAYER1.exe'", [1]),
        ("SELECT * FROM win32_process WHERE SessionId = 1 AND ProcessId > 101", [3]),
        ("select * from Win32_Process where Name like 'player%' and SessionId <> 1", [0, 2, 4]),
        ("select * from Win32_Process where CommandLine = '\"C:\\\\x\" <2> & more'", [2]),
        ("select * from Win32_Process where CommandLine is null", []),
        ("select * from Win32_Process where ProcessId <= 101", [0, 1]),
    ],
)
async def test_wql_chooses_instances(text: str, expected: list[int]) -> None:
    async with serving() as bench, bench.raw() as raw:
        reply = await query(raw, text)

    assert names(reply) == [f"player{number}.exe" for number in expected]


async def test_wql_for_columns_brings_fragments() -> None:
    async with serving() as bench, bench.raw() as raw:
        reply = await query(raw, "select Name, processid from Win32_Process where SessionId=1")

    fragments = reply.body.findall(".//w:XmlFragment", NAMESPACES)
    assert [[child.text for child in each] for each in fragments] == [
        ["player1.exe", "101"],
        ["player3.exe", "103"],
    ]


@pytest.mark.parametrize(
    "text",
    [
        "select * from Win32_Nothing",
        "delete from Win32_Process",
        "select * from Win32_Process where",
        "select * from Win32_Process where Name = 'a' or Name = 'b'",
        "select * from Win32_Process where Name = 'a' and ",
    ],
)
async def test_wql_that_cannot_be_answered_is_refused(text: str) -> None:
    async with serving() as bench, bench.raw() as raw:
        reply = await query(raw, text)

    assert (reply.status, reply.code, reply.subcode) == (
        500,
        "2150858778",
        "n:CannotProcessFilter",
    )


@pytest.mark.parametrize("uri", [f"{WMI}/Win32_Nothing", "http://example.com/what"])
async def test_an_unknown_class_is_an_unreachable_destination(uri: str) -> None:
    async with serving() as bench, bench.raw() as raw:
        got = await raw.send(f"{TRANSFER}/Get", uri)
        listed = await enumerate_(raw, uri, at_most=5)

    assert [each.code for each in (got, listed)] == ["2150858752"] * 2


async def test_get_finds_an_instance_by_its_key() -> None:
    async with serving() as bench, bench.raw() as raw:
        uri = f"{WMI}/Win32_Process"
        found = await raw.send(f"{TRANSFER}/Get", uri, selectors={"ProcessId": "103"})
        missing = await raw.send(f"{TRANSFER}/Get", uri, selectors={"ProcessId": "1"})

    assert names(found) == ["player3.exe"]
    assert missing.code == "2150858752"


async def test_a_user_lists_his_own_shells() -> None:
    async with serving() as bench, bench.raw() as raw:
        mine = [await raw.open(f"<sh:Name>mine {number}</sh:Name>") for number in range(2)]
        async with bench.raw(ASCII_USER, ASCII_PASSWORD) as other:
            await other.open()
        reply = await enumerate_(raw, SHELL, at_most=10)

    shells = reply.body.findall(".//rsp:Shell", NAMESPACES)
    assert [each.findtext("rsp:ShellId", None, NAMESPACES) for each in shells] == mine
    assert [each.findtext("rsp:Name", None, NAMESPACES) for each in shells] == ["mine 0", "mine 1"]


async def test_the_configuration_tells_the_quotas() -> None:
    config = "http://schemas.microsoft.com/wbem/wsman/1/config"
    async with serving(WinRMOptions(max_shells_per_user=7)) as bench, bench.raw() as raw:
        whole = await raw.send(f"{TRANSFER}/Get", config)
        part = await raw.send(f"{TRANSFER}/Get", f"{config}/winrs")
        nothing = await raw.send(f"{TRANSFER}/Get", f"{config}/nonsense")

    cfg = f"{{{config}}}"
    assert whole.body.findtext(f"{cfg}Config/{cfg}Winrs/{cfg}MaxShellsPerUser") == "7"
    assert whole.body.findtext(f"{cfg}Config/{cfg}Service/{cfg}AllowUnencrypted") == "false"
    assert ">7</cfg:MaxShellsPerUser>" in part.text
    assert nothing.code == "2150858752"


def test_null_equals_nothing_in_wql() -> None:
    asked = wql.parse("select * from X where A = 'x' and B is not null and C = true")

    assert asked.matches({"a": "X", "b": 0, "c": True})
    assert not asked.matches({"a": None, "b": 0, "c": True})
    assert not asked.matches({"a": "x", "b": None, "c": True})
    assert not asked.matches({"a": "x", "b": 1, "c": False})
