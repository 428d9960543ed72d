"""Clients that others wrote, unmodified, work against the simulated WinRM."""

import asyncio
import hashlib
import os
import shutil
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import winrm
from pypsrp.exceptions import AuthenticationError
from pypsrp.shell import Process, SignalCode, WinRS
from pypsrp.wsman import NAMESPACES, WSMan

from ldfleet.simulator.winrm.options import ClientCertificate, WinRMOptions
from simulator.winrm.testbed import (
    ASCII_PASSWORD,
    ASCII_USER,
    PASSWORD,
    USER,
    WMI,
    Bench,
    client_certificate,
    serving,
)

WSMAN = "{http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd}"
WSEN = "{http://schemas.xmlsoap.org/ws/2004/09/enumeration}"
ITEM = "{" + WMI + "/Win32_Process}"


@pytest.fixture
def ca(tmp_path: Path) -> Callable[[Bench], str]:
    def write(bench: Bench) -> str:
        path = tmp_path / "ca.pem"
        path.write_text(bench.endpoint.certificate_pem)
        return str(path)

    return write


def sealed(bench: Bench, *, auth: str = "negotiate", password: str = PASSWORD) -> Any:
    return WSMan(
        "127.0.0.1",
        port=bench.endpoint.http_port,
        ssl=False,
        username=f"{bench.machine.name}\\{USER}",
        password=password,
        auth=auth,
        no_proxy=True,
    )


def secure(bench: Bench, ca_file: str, **more: Any) -> Any:
    settings: dict[str, Any] = {
        "username": USER,
        "password": PASSWORD,
        "cert_validation": ca_file,  # a path does, though pypsrp's annotation says bool
        **more,
    }
    return WSMan(
        "127.0.0.1",
        port=bench.endpoint.https_port,
        ssl=True,
        no_proxy=True,
        **settings,
    )


def run(wsman: Any, executable: str, *arguments: str, **more: Any) -> Any:
    with wsman, WinRS(wsman, **more) as shell:
        process = Process(shell, executable, list(arguments))
        process.invoke()
        process.signal(SignalCode.TERMINATE)
    return process


@pytest.mark.parametrize("auth", ["negotiate", "ntlm"])
async def test_pypsrp_runs_a_command_over_sealed_http(auth: str) -> None:
    async with serving() as bench:
        process = await asyncio.to_thread(
            run, sealed(bench, auth=auth), "echo", "one", "два", codepage=65001
        )

    assert process.stdout == "one два\r\n".encode()
    assert process.rc == 0
    assert bench.machine.starts[0].user == USER
    assert bench.machine.starts[0].code_page == 65001
    assert bench.endpoint.counters.handshakes == 1
    assert bench.endpoint.counters.requests == {
        "Create": 1,
        "Command": 1,
        "Receive": 1,
        "Signal": 1,
        "Delete": 1,
    }


async def test_pypsrp_reads_both_streams_and_the_exit_code() -> None:
    async with serving() as bench:
        process = await asyncio.to_thread(run, sealed(bench), "unheard-of")

    assert (process.stdout, process.stderr) == (b"so far", b"'unheard-of' is unknown")
    assert process.rc == 9009


async def test_pypsrp_sends_stdin() -> None:
    def converse(wsman: Any) -> Any:
        with wsman, WinRS(wsman) as shell:
            process = Process(shell, "cat")
            process.begin_invoke()
            process.send(b"first ", end=False)
            process.send(b"second", end=True)
            process.end_invoke()
        return process

    async with serving() as bench:
        process = await asyncio.to_thread(converse, sealed(bench))

    assert process.stdout == b"first second"
    assert process.rc == 0


async def test_pypsrp_streams_output_while_the_program_runs() -> None:
    def first_look(wsman: Any) -> tuple[Any, Any]:
        shell = WinRS(wsman)
        shell.open()
        process = Process(shell, "tick")
        process.begin_invoke()
        process.poll_invoke()
        return shell, process

    def last_look(wsman: Any, shell: Any, process: Any) -> None:
        with wsman:
            process.end_invoke()
            shell.close()

    async with serving() as bench:
        wsman = sealed(bench)
        shell, process = await asyncio.to_thread(first_look, wsman)
        early = process.stdout
        bench.machine.processes[0].say(b"tock")
        bench.machine.processes[0].end(3)
        await asyncio.to_thread(last_look, wsman, shell, process)

    assert early == b"tick"
    assert process.stdout == b"ticktock"
    assert process.rc == 3


async def test_pypsrp_fetches_more_than_an_envelope_holds() -> None:
    async with serving() as bench:
        process = await asyncio.to_thread(run, sealed(bench), "big", "300000")

    assert len(process.stdout) == 300_000
    assert bench.endpoint.counters.requests["Receive"] > 1


@pytest.mark.parametrize("strict", [False, True])
async def test_pypsrp_binds_ntlm_to_the_tls_channel(
    ca: Callable[[Bench], str], *, strict: bool
) -> None:
    async with serving(WinRMOptions(strict_channel_binding=strict)) as bench:
        process = await asyncio.to_thread(run, secure(bench, ca(bench), auth="ntlm"), "echo", "tls")

    assert process.stdout == b"tls\r\n"
    assert bench.endpoint.counters.handshakes >= 1


async def test_strict_channel_binding_refuses_a_client_without(ca: Callable[[Bench], str]) -> None:
    async with serving(WinRMOptions(strict_channel_binding=True)) as bench:
        client = secure(bench, ca(bench), auth="ntlm", negotiate_send_cbt=False)
        with pytest.raises(AuthenticationError):
            await asyncio.to_thread(run, client, "echo", "never")

    assert bench.machine.starts == []


async def test_pypsrp_seals_inside_tls_as_well(ca: Callable[[Bench], str]) -> None:
    async with serving() as bench:
        client = secure(bench, ca(bench), encryption="always")
        process = await asyncio.to_thread(run, client, "echo", "twice")

    assert process.stdout == b"twice\r\n"


async def test_pypsrp_logs_in_with_basic_over_tls(ca: Callable[[Bench], str]) -> None:
    async with serving() as bench:
        account = {"username": ASCII_USER, "password": ASCII_PASSWORD}  # requests speaks Latin-1
        basic = secure(bench, ca(bench), auth="basic", **account)
        process = await asyncio.to_thread(run, basic, "echo", "b")

    assert process.stdout == b"b\r\n"
    assert bench.endpoint.counters.handshakes == 0


async def test_pypsrp_logs_in_with_a_client_certificate(
    ca: Callable[[Bench], str], tmp_path: Path
) -> None:
    pem, key = client_certificate()
    (tmp_path / "client.pem").write_text(pem)
    (tmp_path / "client.key").write_text(key)
    mapping = ClientCertificate(pem=pem, user=ASCII_USER)

    async with serving(WinRMOptions(client_certificates=(mapping,))) as bench:
        client = secure(
            bench,
            ca(bench),
            auth="certificate",
            username=None,
            password=None,
            certificate_pem=str(tmp_path / "client.pem"),
            certificate_key_pem=str(tmp_path / "client.key"),
        )
        process = await asyncio.to_thread(run, client, "echo", "card")

    assert process.stdout == b"card\r\n"
    assert bench.machine.starts[0].user == ASCII_USER


async def test_pypsrp_is_told_nothing_but_401_of_a_wrong_password() -> None:
    async with serving() as bench:
        with pytest.raises(AuthenticationError):
            await asyncio.to_thread(run, sealed(bench, password="wrong"), "echo", "never")

    assert bench.endpoint.counters.logins_refused == 1
    assert bench.machine.starts == []


async def test_pypsrp_enumerates_and_pulls_a_wmi_class() -> None:
    def names(wsman: Any) -> list[str]:
        with wsman:
            enumerate_ = ET.Element(f"{WSEN}Enumerate")
            body = wsman.enumerate(f"{WMI}/Win32_Process", enumerate_)
            found: list[str] = []
            context = body.findtext(f".//{WSEN}EnumerationContext")
            while context:
                pull = ET.Element(f"{WSEN}Pull")
                ET.SubElement(pull, f"{WSEN}EnumerationContext").text = context
                ET.SubElement(pull, f"{WSEN}MaxElements").text = "2"
                body = wsman.pull(f"{WMI}/Win32_Process", pull)
                found += [each.text or "" for each in body.iter(f"{ITEM}Name")]
                context = body.findtext(f".//{WSEN}EnumerationContext")
        return found

    async with serving() as bench:
        found = await asyncio.to_thread(names, sealed(bench))

    assert found == [f"player{number}.exe" for number in range(5)]
    assert bench.endpoint.counters.requests["Pull"] == 3


async def test_pypsrp_asks_for_the_envelope_size() -> None:
    def size(wsman: Any) -> int:
        with wsman:
            wsman.update_max_payload_size()
        return int(wsman.max_envelope_size)

    async with serving(WinRMOptions(max_envelope_kib=200)) as bench:
        assert await asyncio.to_thread(size, sealed(bench)) == 200 * 1024


async def test_pypsrp_gets_its_shell_back() -> None:
    def shell_name(wsman: Any) -> str | None:
        with wsman, WinRS(wsman, name="ldfleet-1", idle_time_out=1800) as shell:
            body = wsman.get(
                "http://schemas.microsoft.com/wbem/wsman/1/windows/shell",
                selector_set=shell._selector_set,  # pyright: ignore[reportPrivateUsage] - no other way
            )
            assert body.findtext(".//rsp:IdleTimeOut", None, NAMESPACES) == "PT1800.000S"
            name: str | None = body.findtext(".//rsp:Name", None, NAMESPACES)
        return name

    async with serving() as bench:
        assert await asyncio.to_thread(shell_name, sealed(bench)) == "ldfleet-1"


async def test_pywinrm_runs_a_command_over_sealed_http() -> None:
    async with serving() as bench:
        session = winrm.Session(
            f"http://127.0.0.1:{bench.endpoint.http_port}/wsman",
            auth=(ASCII_USER, ASCII_PASSWORD),
            transport="ntlm",
            ca_trust_path=None,  # else it warns of REQUESTS_CA_BUNDLE
            proxy=None,
        )
        answer = await asyncio.to_thread(session.run_cmd, "echo", ["from", "pywinrm"])

    assert answer.std_out == b"from pywinrm\r\n"
    assert answer.status_code == 0


async def test_pywinrm_runs_a_command_over_https(ca: Callable[[Bench], str]) -> None:
    async with serving() as bench:
        session = winrm.Session(
            f"https://127.0.0.1:{bench.endpoint.https_port}/wsman",
            auth=(ASCII_USER, ASCII_PASSWORD),
            transport="ntlm",
            ca_trust_path=ca(bench),
            proxy=None,
        )
        answer = await asyncio.to_thread(session.run_cmd, "unheard-of")

    assert answer.std_err == b"'unheard-of' is unknown"
    assert answer.status_code == 9009


async def curl(bench: Bench, ca_file: str, *more: str) -> str:
    program = shutil.which("curl")
    if program is None and os.environ.get("CI") == "true":
        pytest.fail("curl is missing")
    if program is None:
        pytest.skip("curl is missing")
    identify = (
        '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" '
        'xmlns:i="http://schemas.dmtf.org/wbem/wsman/identify/1/wsmanidentity.xsd">'
        "<s:Header/><s:Body><i:Identify/></s:Body></s:Envelope>"
    )
    process = await asyncio.create_subprocess_exec(
        program,
        *("--silent", "--noproxy", "*", "--cacert", ca_file, "--max-time", "20"),
        *("--write-out", "\n%{http_code}", "--data-binary", identify, *more),
        *("--header", "Content-Type: application/soap+xml;charset=UTF-8"),
        f"https://127.0.0.1:{bench.endpoint.https_port}/wsman",
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await process.communicate()
    return out.decode()


async def test_curl_ntlm_identifies_the_service(ca: Callable[[Bench], str]) -> None:
    async with serving(WinRMOptions(advertise_ntlm=True)) as bench:
        user = f"{bench.machine.name}\\{ASCII_USER}:{ASCII_PASSWORD}"
        answer = await curl(bench, ca(bench), "--ntlm", "--user", user)

    assert answer.endswith("\n200")
    assert "<wsmid:ProductVersion>OS: 10.0.19045 SP: 0.0 Stack: 3.0<" in answer
    assert bench.endpoint.counters.handshakes == 1


async def test_curl_ntlm_with_a_wrong_password_is_a_bare_401(ca: Callable[[Bench], str]) -> None:
    async with serving(WinRMOptions(advertise_ntlm=True)) as bench:
        answer = await curl(bench, ca(bench), "--ntlm", "--user", f"{ASCII_USER}:wrong")

    assert answer == "\n401"


async def test_anybody_may_identify_but_learns_no_version(ca: Callable[[Bench], str]) -> None:
    async with serving() as bench:
        answer = await curl(bench, ca(bench), "--header", "WSMANIDENTIFY: unauthenticated")

    assert answer.endswith("\n200")
    assert "OS: 0.0.0" in answer


async def test_the_certificate_is_what_its_fingerprint_says() -> None:
    async with serving() as bench:
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", bench.endpoint.https_port, ssl=_unchecked()
        )
        tls: ssl.SSLObject = writer.get_extra_info("ssl_object")
        der = tls.getpeercert(binary_form=True)
        writer.close()
        await writer.wait_closed()

    assert der is not None
    assert hashlib.sha256(der).hexdigest() == bench.endpoint.certificate_sha256
    assert reader.at_eof()


def _unchecked() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
