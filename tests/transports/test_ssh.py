"""SSH beyond what every transport promises: trust, logins, sessions."""

import asyncio
import threading
from collections.abc import AsyncGenerator
from typing import Any, cast

import asyncssh
import pytest

from contracts.stands import LDCONSOLE, SSH_QUICK, TOOLS, SSHStand, an_ssh_stand
from ldfleet import errors
from ldfleet.domain.workstation import Credentials, LoginMethod, StageName
from ldfleet.simulator.farm import ACCOUNT
from ldfleet.transports.order import Order
from ldfleet.transports.place import Place
from ldfleet.transports.ssh.login import Login
from ldfleet.transports.ssh.run import run
from support.openssh import new_key

KEY = new_key()
PEM = KEY.export_private_key().decode()
PASSPHRASE = "correct horse"
SEALED = KEY.export_private_key(passphrase=PASSPHRASE, rounds=50).decode()


async def list2(stand: SSHStand, **changes: object) -> int:
    record = stand.moved(**changes) if changes else stand.record
    async with stand.connector.connect(record, stand.credentials) as transport:
        return (await transport.run([LDCONSOLE, "list2"], deadline=10)).exit_code


@pytest.mark.parametrize("pinned", [None, f"SHA256:{'A' * 43}"])
async def test_only_the_pinned_host_key_is_believed(pinned: str | None) -> None:
    async with an_ssh_stand() as stand:
        with pytest.raises(errors.WorkstationUntrusted) as raised:
            await list2(stand, host_key_sha256=pinned)

        assert raised.value.fingerprint == stand.endpoint.host_key_sha256
        assert stand.endpoint.counters.logins == stand.endpoint.counters.logins_refused == 0


async def test_a_test_shows_the_host_key_to_pin() -> None:
    async with an_ssh_stand() as stand:
        stages = await stand.connector.test(stand.moved(host_key_sha256=None), stand.credentials)

        failed = next(stage for stage in stages if not stage.ok)
        assert failed.name is StageName.HOST_KEY
        assert stand.endpoint.host_key_sha256 in (failed.detail or "")
        assert "--host-key-sha256" in (failed.hint or "")


async def test_a_refused_password_is_tried_once_more_by_a_persons_tests_only() -> None:
    async with an_ssh_stand(credentials=Credentials(password="wrong")) as stand:
        with pytest.raises(errors.WorkstationRefusedLogin) as raised:
            await list2(stand)
        with pytest.raises(errors.WorkstationRefusedLogin):
            await list2(stand)
        assert stand.endpoint.counters.logins_refused == 1
        for _ in range(2):
            await stand.connector.test(stand.record, stand.credentials)
        stages = list(await stand.connector.test(stand.record, stand.credentials))

        assert raised.value.user == ACCOUNT
        assert stand.endpoint.counters.logins_refused == 2
        assert [stage.code for stage in stages if stage.ok is False] == [
            "workstation_refused_login"
        ]


async def test_a_forgotten_refusal_is_tried_once_more() -> None:
    async with an_ssh_stand(credentials=Credentials(password="wrong")) as stand:
        for _ in range(2):
            with pytest.raises(errors.WorkstationRefusedLogin):
                await list2(stand)
            await stand.connector.forget(stand.record.id)

        assert stand.endpoint.counters.logins_refused == 2


@pytest.mark.parametrize(
    "credentials",
    [
        Credentials(private_key_pem=PEM),
        Credentials(private_key_pem=SEALED, password=PASSPHRASE),
    ],
    ids=["plain", "with a passphrase"],
)
async def test_a_private_key_logs_in(credentials: Credentials) -> None:
    async with an_ssh_stand(login=LoginMethod.KEY, credentials=credentials) as stand:
        stand.endpoint.authorized_keys[ACCOUNT] = [KEY.export_public_key().decode()]

        assert await list2(stand) == 0


async def test_a_key_that_is_not_authorised_is_refused() -> None:
    given = Credentials(private_key_pem=PEM)
    async with an_ssh_stand(login=LoginMethod.KEY, credentials=given) as stand:
        with pytest.raises(errors.WorkstationRefusedLogin):
            await list2(stand)


@pytest.mark.parametrize(
    "credentials",
    [
        Credentials(private_key_pem="-----BEGIN PRIVATE KEY-----\nno\n-----END PRIVATE KEY-----"),
        Credentials(private_key_pem=SEALED),
        Credentials(private_key_pem=SEALED, password="another"),
    ],
    ids=["garbage", "no passphrase", "wrong passphrase"],
)
async def test_a_key_that_can_not_be_read_is_named(credentials: Credentials) -> None:
    async with an_ssh_stand(login=LoginMethod.KEY, credentials=credentials) as stand:
        with pytest.raises(errors.PrivateKeyUnreadable) as raised:
            await list2(stand)

        assert "BEGIN" not in str(raised.value)
        assert stand.endpoint.counters.logins_refused == 0


async def test_another_shell_than_cmd_is_told_before_anything_is_run() -> None:
    async with an_ssh_stand() as stand:
        stand.endpoint.faults.ssh_shell = "powershell"

        stages = await stand.connector.test(stand.record, stand.credentials)

        assert (stages[-1].name, stages[-1].code) == (StageName.SHELL, "shell_unsupported")
        assert "DefaultShell" in (stages[-1].hint or "")


async def test_many_commands_share_one_connection() -> None:
    async with an_ssh_stand() as stand:
        async with asyncio.TaskGroup() as group:
            for _ in range(20):
                group.create_task(list2(stand))

        assert stand.endpoint.counters.connections == 1


async def test_more_sessions_than_the_server_takes_is_busy_and_runs_nothing() -> None:
    async with an_ssh_stand() as stand:
        stand.endpoint.faults.ssh_sessions = 0

        with pytest.raises(errors.WorkstationBusy):
            await list2(stand)

        assert stand.started("ldconsole.exe") == []


async def test_a_session_is_asked_for_again_where_an_ended_one_is_still_counted() -> None:
    async with an_ssh_stand() as stand, stand.transport() as transport:
        stand.endpoint.faults.ssh_sessions = 0

        async with asyncio.TaskGroup() as group:
            listing = group.create_task(transport.run([LDCONSOLE, "list2"], deadline=10))
            sending = group.create_task(transport.send_file("C:\\one.txt", once(b"whole")))
            await stand.until(lambda: stand.endpoint.counters.refused_sessions >= 2)
            stand.endpoint.faults.ssh_sessions = 10

        assert listing.result().exit_code == 0
        assert sending.result() is None
        assert stand.machine.host.files.read("C:\\one.txt") == b"whole"


async def once(piece: bytes) -> AsyncGenerator[bytes]:
    yield piece


async def test_a_program_that_is_late_is_ended_though_its_session_could_not_end_it() -> None:
    async with an_ssh_stand() as stand, stand.transport() as transport:
        assert not stand.endpoint.faults.ssh_ends_with_session

        with pytest.raises(errors.CommandTimedOut):
            await transport.run([f"{TOOLS}\\never.exe"], deadline=0.3)

        assert stand.running("never.exe") == 0


async def test_a_program_that_can_not_be_ended_is_of_unknown_outcome() -> None:
    async with (
        an_ssh_stand() as stand,
        stand.transport() as transport,
        asyncio.TaskGroup() as group,
    ):
        group.create_task(no_more_sessions(stand))

        with pytest.raises(errors.OutcomeUnknown):
            await transport.run([f"{TOOLS}\\never.exe"], deadline=1.0)

        assert stand.running("never.exe") == 1


async def no_more_sessions(stand: SSHStand) -> None:
    await stand.until(lambda: stand.running("never.exe") == 1)
    stand.endpoint.faults.ssh_sessions = 0


async def test_a_changed_password_opens_a_new_connection() -> None:
    async with an_ssh_stand() as stand:
        assert await list2(stand) == 0
        changed = Credentials(password="wrong")
        async with stand.connector.connect(stand.record, changed) as transport:
            with pytest.raises(errors.WorkstationRefusedLogin):
                await transport.run([LDCONSOLE, "list2"], deadline=10)
        await stand.until(lambda: stand.endpoint.counters.standing == 0)


async def test_a_link_that_is_lost_before_the_input_went_leaves_the_outcome_unknown() -> None:
    async with an_ssh_stand() as stand:
        place = Place.of(stand.record)
        login = Login(place, stand.credentials, tuning=SSH_QUICK)
        connection = await login.enter()
        stand.endpoint.faults.cut_next("after_command")
        order = Order(
            argv=(f"{TOOLS}\\show.exe",),
            words=(f"{TOOLS}\\show.exe",),
            skip_cmd_shell=False,
            deadline=5,
            stdin=b"x",
            output_bytes=100,
        )

        create = cast("Any", connection).create_session

        async def created(*args: Any, **options: Any) -> Any:
            """It is told of only when the link is gone."""
            made = await create(*args, **options)
            await connection.wait_closed()
            return made

        cast("Any", connection).create_session = created
        with pytest.raises(errors.OutcomeUnknown):
            await run(connection, order, order.words[0], place=place, opening=5)


async def test_a_passphrase_is_tried_beside_the_event_loop(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    threads: list[str] = []
    read = asyncssh.import_private_key

    def noted(*args: Any) -> asyncssh.SSHKey:
        threads.append(threading.current_thread().name)
        return read(*args)

    monkeypatch.setattr(asyncssh, "import_private_key", noted)
    given = Credentials(private_key_pem=SEALED, password=PASSPHRASE)
    async with an_ssh_stand(login=LoginMethod.KEY, credentials=given) as stand:
        stand.endpoint.authorized_keys[ACCOUNT] = [KEY.export_public_key().decode()]
        threads.clear()  # the simulated host key's

        assert await list2(stand) == 0

    assert threads and threading.main_thread().name not in threads
