"""`ldfleet demo` and `ldfleet simulate`: simulated workstations, with a server or alone."""

import asyncio
import json
import os
import signal
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ldfleet import settings
from ldfleet.bootstrap.assembly import Application, assemble
from ldfleet.bootstrap.people import enter
from ldfleet.bootstrap.serving import answer, configure_logs, listen, run, say, url_of
from ldfleet.domain.actor import Actor
from ldfleet.domain.emulator import EmulatorStatus
from ldfleet.domain.operation import Operation, OperationStatus
from ldfleet.domain.workstation import Address, Credentials, LoginMethod, TransportKind
from ldfleet.ports import EmulatorQuery
from ldfleet.services.workstations import Draft
from ldfleet.settings import LogLevel, Settings
from ldfleet.simulator.farm import RunningFarm, run_farm

_DEMO = Actor(name="demo", source="demo")
_OWNER_ONLY = 0o600
_EACH_OVER_SSH = 4
"""The fourth workstation of the demo and each fourth after it."""
_LOOK_AGAIN = 0.1  # seconds


def demo(
    *,
    workstations: int,
    emulators: int,
    host: str,
    port: int,
    ready_file: Path | None,
    seed: int,
    time_scale: float,
    launch: bool,
) -> None:
    """Run simulated workstations and a server over them until SIGINT or SIGTERM.

    The database is a temporary SQLite file. With `launch` the main job is shown once.
    """
    with tempfile.TemporaryDirectory(prefix="ldfleet-demo-") as folder:
        loaded = settings.load(
            {},
            env_file=None,
            data_dir=Path(folder),
            database_url=f"sqlite:///{folder}/demo.db",
            vault_key_file=Path(folder) / "vault.key",
            jwt_secret_file=Path(folder) / "jwt.secret",
            host=host,
            port=port,
            log_level=LogLevel.WARNING,
        )
        configure_logs(loaded)
        farm = {"workstations": workstations, "emulators": emulators, "seed": seed}
        run(_demo(loaded, farm | {"time_scale": time_scale}, ready_file, launch=launch))


def simulate(
    *,
    workstations: int,
    emulators: int,
    inventory_file: Path | None,
    control_port: int,
    seed: int,
    time_scale: float,
    journal_file: Path | None,
) -> None:
    """Run simulated workstations alone until SIGINT or SIGTERM."""
    farm = {
        "workstations": workstations,
        "emulators": emulators,
        "control_port": control_port,
        "seed": seed,
        "time_scale": time_scale,
        "journal_file": journal_file,
    }
    run(_simulate(farm, inventory_file))


async def _demo(
    loaded: Settings, farm: Mapping[str, Any], ready_file: Path | None, *, launch: bool
) -> None:
    with listen(loaded.host, loaded.port) as listener:
        url = url_of(listener)
        async with run_farm(**farm) as running, assemble(loaded, url=url) as application:
            services = application.services
            entrance = await enter(services.users, services.logins, services.tokens)
            await _fill(application, running)
            ready = {
                "url": url,
                **asdict(entrance),
                "simulator_control": running.control_url,
            }
            async with asyncio.TaskGroup() as group:
                shown = group.create_task(_show_off(application, ready, launch=launch))
                await answer(
                    application,
                    listener,
                    loaded,
                    ready=lambda: _write_private(ready_file, ready),
                )
                shown.cancel()


async def _fill(application: Application, running: RunningFarm) -> None:
    """Add every simulated workstation, and wait until each was scanned once."""
    services = application.services
    for number, item in enumerate(running.farm.inventory(), start=1):
        address = _over_ssh(item) if number % _EACH_OVER_SSH == 0 else _over_winrm(item)
        draft = Draft(name=str(item["name"]), address=address, tags=("demo",))
        await services.workstations.add(_DEMO, draft, Credentials(password=str(item["password"])))
    wanted = sum(
        len(install.emulators)
        for each in running.farm.workstations.values()
        for install in each.machine.spec.installs
    )
    while True:
        status = await services.status.status(_DEMO)
        if sum(status.emulators.values()) >= wanted:
            return
        await asyncio.sleep(_LOOK_AGAIN)


def _over_winrm(item: Mapping[str, Any]) -> Address:
    return Address(
        host=item["host"],
        port=item["port"],
        tls=item["tls"],
        username=item["username"],
        certificate_sha256=item["certificate_sha256"],
    )


def _over_ssh(item: Mapping[str, Any]) -> Address:
    return Address(
        host=item["host"],
        port=item["ssh_port"],
        transport=TransportKind.SSH,
        tls=False,
        login=LoginMethod.PASSWORD,
        username=item["username"],
        host_key_sha256=item["host_key_sha256"],
    )


async def _show_off(application: Application, ready: Mapping[str, Any], *, launch: bool) -> None:
    """Tell a newcomer where everything is, and do the main job once."""
    status = await application.services.status.status(_DEMO)
    say(
        f"A simulated farm: {sum(status.workstations.values())} workstations with "
        f"{sum(status.emulators.values())} emulators, reached over real WinRM and SSH "
        "on loopback.\n\n"
        f"Look at it in a browser: {ready['url']}\n"
        f"Sign in as {ready['name']} with {ready['password']}\n\n"
        "Or from here:\n\n"
        f"  export LDFLEET_URL={ready['url']}\n"
        f"  export LDFLEET_TOKEN={ready['token']}\n"
        "  .venv/bin/ldfleet emulators list\n\n"
        f"Faults are switched at {ready['simulator_control']} (docs/simulator.md).\n"
    )
    if launch:
        await _launch_one(application)
    say("Ctrl-C ends it, and nothing is left behind.")


async def _launch_one(application: Application) -> None:
    services = application.services
    stopped = EmulatorQuery(status=EmulatorStatus.STOPPED)
    page = await services.emulators.list(_DEMO, stopped, limit=1)
    for placed in page.items:
        emulator = placed.emulator
        say(f"Launching {emulator.name} on {placed.workstation_name} ({emulator.id}) …")
        operation = await services.emulators.launch(_DEMO, emulator.id)
        operation = await _follow(application, operation)
        if operation.status is OperationStatus.SUCCEEDED:
            say(f"  {emulator.name} was seen ready: {operation.id} succeeded.\n")
        else:
            say(f"  {operation.id} {operation.status}: {operation.failure}\n")


async def _follow(application: Application, operation: Operation) -> Operation:
    told = None
    while not operation.status.over:
        if operation.message is not None and operation.message != told:
            told = operation.message
            say(f"  {told}")
        await asyncio.sleep(_LOOK_AGAIN)
        operation = await application.services.operations.get(_DEMO, operation.id)
    return operation


async def _simulate(farm: Mapping[str, Any], inventory_file: Path | None) -> None:
    async with run_farm(**farm) as running:
        inventory = [
            {**item, "simulator_control": running.control_url} for item in running.farm.inventory()
        ]
        _write_private(inventory_file, inventory)
        say(f"{len(inventory)} workstations; faults are switched at {running.control_url}")
        if inventory_file is None:
            say(json.dumps(inventory, indent=1))
        await _asked_to_end()


async def _asked_to_end() -> None:
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()
    for which in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(which, asked.set)
    await asked.wait()


def _write_private(path: Path | None, content: Mapping[str, Any] | Sequence[Any]) -> None:
    """Write JSON in one step into a file that only its owner can read: it holds secrets."""
    if path is None:
        return
    unfinished = path.with_name(path.name + ".part")
    unfinished.unlink(missing_ok=True)
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(content, file, indent=1)
    unfinished.replace(path)
