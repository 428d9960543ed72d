"""Who is believed, who is let in, and what answers that is no WinRM."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from contracts.stands import LDCONSOLE, QUICK, WinRMStand, a_stand
from ldfleet import errors
from ldfleet.domain.workstation import Credentials, LoginMethod, Stage, Workstation
from ldfleet.simulator.farm import ACCOUNT
from ldfleet.simulator.winrm.options import ClientCertificate, WinRMOptions
from simulator.winrm.testbed import client_certificate

WRONG = Credentials(password="wrong")
PASSPHRASE = "correct horse"
Standing = Callable[[], AbstractAsyncContextManager[WinRMStand]]


def with_certificate() -> AbstractAsyncContextManager[WinRMStand]:
    certificate, key = client_certificate()
    return a_stand(
        tls=True,
        login=LoginMethod.CERTIFICATE,
        options=WinRMOptions(
            client_certificates=(ClientCertificate(pem=certificate, user=ACCOUNT),)
        ),
        credentials=Credentials(certificate_pem=certificate, private_key_pem=key),
    )


LOGINS: dict[str, Standing] = {
    "negotiate sealed": a_stand,
    "ntlm sealed": lambda: a_stand(login=LoginMethod.NTLM),
    "negotiate over tls": lambda: a_stand(tls=True),
    "ntlm over tls": lambda: a_stand(tls=True, login=LoginMethod.NTLM),
    "bound to the channel": lambda: a_stand(
        tls=True, options=WinRMOptions(strict_channel_binding=True)
    ),
    "basic": lambda: a_stand(tls=True, login=LoginMethod.BASIC),
    "certificate": with_certificate,
}


async def list2(stand: WinRMStand, record: Workstation | None = None, **changes: str) -> int:
    credentials = replace(stand.credentials, **changes)
    async with stand.connector.connect(record or stand.record, credentials) as transport:
        return (await transport.run([LDCONSOLE, "list2"], deadline=10)).exit_code


@pytest.mark.parametrize("login", LOGINS)
async def test_each_way_to_log_in_works(login: str) -> None:
    async with LOGINS[login]() as stand:
        assert await list2(stand) == 0


@pytest.mark.parametrize("login", ["negotiate sealed", "negotiate over tls", "basic"])
async def test_a_wrong_password_is_tried_once_and_never_again(login: str) -> None:
    async with LOGINS[login]() as stand:
        for _ in range(2):
            async with asyncio.TaskGroup() as group:
                for _ in range(5):
                    group.create_task(refused(stand))

        assert stand.endpoint.counters.logins_refused == 1
        assert await list2(stand) == 0, "the right password is another login"


async def refused(stand: WinRMStand) -> None:
    with pytest.raises(errors.WorkstationRefusedLogin) as raised:
        await list2(stand, password="wrong")
    assert (raised.value.workstation, raised.value.user) == ("pc-01", ACCOUNT)


async def test_tests_try_a_refused_password_once_more_and_then_wait() -> None:
    """However often a person presses the button, it locks no account."""
    async with a_stand() as stand:
        await refused(stand)

        for _ in range(2):
            await stand.connector.test(stand.record, WRONG)
        stages = list(await stand.connector.test(stand.record, WRONG))

        assert stages[-2].name.value == "login" and stages[-2].code == "workstation_refused_login"
        assert stages[-1].ok is None
        assert stand.endpoint.counters.logins_refused == 2


async def test_a_test_finds_out_that_a_refused_login_works_again() -> None:
    async with a_stand() as stand:
        stand.endpoint.faults.refuse_login = True
        with pytest.raises(errors.WorkstationRefusedLogin):
            await list2(stand)
        stand.endpoint.faults.refuse_login = False

        stages = await stand.connector.test(stand.record, stand.credentials)

        assert all(stage.ok for stage in stages)
        assert await list2(stand) == 0, "what runs commands is not held by the old refusal"


async def test_a_password_refused_in_a_test_is_not_tried_by_a_transport() -> None:
    async with a_stand() as stand:
        await stand.connector.test(stand.record, WRONG)
        await refused(stand)

        assert stand.endpoint.counters.logins_refused == 1


async def test_a_forgotten_workstation_may_be_tried_again() -> None:
    async with a_stand() as stand:
        stand.endpoint.faults.refuse_login = True
        with pytest.raises(errors.WorkstationRefusedLogin):
            await list2(stand)
        stand.endpoint.faults.refuse_login = False
        with pytest.raises(errors.WorkstationRefusedLogin):
            await list2(stand)

        await stand.connector.forget(stand.record.id)

        assert await list2(stand) == 0


async def test_a_method_that_is_not_offered_is_named_and_is_no_refused_password() -> None:
    async with a_stand(
        tls=True, login=LoginMethod.BASIC, options=WinRMOptions(basic=False)
    ) as stand:
        with pytest.raises(errors.LoginMethodUnsupported) as raised:
            await list2(stand)

    assert raised.value.offered == "Negotiate"


async def test_a_password_is_never_sent_without_tls() -> None:
    async with a_stand(login=LoginMethod.BASIC) as stand:
        with pytest.raises(errors.LoginMethodUnsupported):
            await list2(stand)

        assert stand.endpoint.counters.logins_refused == 0


# Certificates


async def test_another_certificate_than_the_pinned_one_is_refused_and_shown() -> None:
    async with a_stand(tls=True) as stand:
        with pytest.raises(errors.WorkstationUntrusted) as raised:
            await list2(stand, stand.moved(certificate_sha256="0" * 64))

        assert raised.value.fingerprint == stand.endpoint.certificate_sha256
        assert stand.endpoint.counters.logins_refused == stand.endpoint.counters.handshakes == 0


async def test_a_certificate_of_a_known_authority_is_believed() -> None:
    async with a_stand(tls=True) as stand:
        trusting = stand.moved(certificate_sha256=None, ca_pem=stand.endpoint.certificate_pem)

        assert await list2(stand, trusting) == 0


async def test_a_certificate_unknown_to_the_system_is_refused_and_shown() -> None:
    async with a_stand(tls=True) as stand:
        with pytest.raises(errors.WorkstationUntrusted) as raised:
            await list2(stand, stand.moved(certificate_sha256=None))
        stages: list[Stage] = list(
            await stand.connector.test(stand.moved(certificate_sha256=None), stand.credentials)
        )

        assert raised.value.fingerprint == stand.endpoint.certificate_sha256
        assert [stage.ok for stage in stages] == [True, True, False, None, None]
        assert stand.endpoint.certificate_sha256 in (stages[2].detail or "")


# Client certificates


async def test_a_client_certificates_key_may_lie_under_a_passphrase() -> None:
    async with with_certificate() as stand:
        under = sealed(stand.credentials.private_key_pem or "")

        assert await list2(stand, private_key_pem=under, password=PASSPHRASE) == 0


@pytest.mark.parametrize("passphrase", ["", "wrong", "long" * 300])
async def test_a_key_that_the_passphrase_does_not_open_is_told_and_nobody_is_asked(
    passphrase: str,
) -> None:
    async with with_certificate() as stand:
        under = sealed(stand.credentials.private_key_pem or "")

        with pytest.raises(errors.PrivateKeyUnreadable, match="passphrase is missing or wrong"):
            await list2(stand, private_key_pem=under, password=passphrase)


async def test_a_key_of_another_certificate_is_told() -> None:
    async with with_certificate() as stand:
        _, other = client_certificate()

        with pytest.raises(errors.PrivateKeyUnreadable, match="not the client certificate's"):
            await list2(stand, private_key_pem=other)


def sealed(pem: str) -> str:
    """The key under the passphrase."""
    key = load_pem_private_key(pem.encode(), password=None)
    under = BestAvailableEncryption(PASSPHRASE.encode())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, under).decode()


# Others at the port


@asynccontextmanager
async def something_else(answer: bytes) -> AsyncGenerator[int]:
    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(65_536)
        writer.write(answer)
        if answer:
            await writer.drain()
        else:
            await reader.read()
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(converse, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


HTML = b"<html><body>It works!</body></html>"
PAGE = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%s" % (
    len(HTML),
    HTML,
)


@pytest.mark.parametrize(
    "answer",
    [
        PAGE,
        b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n" + HTML,
        b"SSH-2.0-OpenSSH_9.5\r\n",
    ],
    ids=["html", "html until it closes", "ssh"],
)
async def test_a_server_of_another_kind_is_no_winrm(answer: bytes) -> None:
    async with a_stand() as stand, something_else(answer) as port:
        with pytest.raises(errors.WorkstationSaidNonsense):
            await list2(stand, stand.moved(port=port))


async def test_tls_where_there_is_none_is_told() -> None:
    async with a_stand(tls=True) as stand, something_else(PAGE) as port:
        with pytest.raises(errors.WorkstationUnreachable) as raised:
            await list2(stand, stand.moved(port=stand.endpoint.http_port))
        with pytest.raises(errors.WorkstationSaidNonsense):
            await list2(stand, stand.moved(port=port))

    assert raised.value.reason == "it closed the connection"


async def test_no_tls_where_there_is_one_is_told() -> None:
    async with a_stand() as stand:
        with pytest.raises(errors.FleetError) as raised:
            await list2(stand, stand.moved(port=stand.endpoint.https_port))

    assert raised.value.code in {"workstation_said_nonsense", "workstation_unreachable"}


async def test_a_silent_server_is_unreachable() -> None:
    quick = replace(QUICK, reply=0.2)
    async with a_stand(tuning=quick) as stand, something_else(b"") as port:
        with pytest.raises(errors.WorkstationUnreachable) as raised:
            await list2(stand, stand.moved(port=port))

    assert "no answer" in raised.value.reason
