"""How a start goes on: the ladder of a boot, and all that keeps it from its top."""

from ldfleet.simulator.host import Host
from ldfleet.simulator.ldplayer.install import Install
from ldfleet.simulator.ldplayer.instance import Fate, Instance, Run
from ldfleet.simulator.processes import Process
from ldfleet.simulator.quirks import concerns


def launch(
    install: Install, instance: Instance, *, session: int, parent: int, package: str = ""
) -> str:
    """Start an emulator and tell what came of it. On a running or hung one: nothing."""
    host = install.host
    now = host.clock.now()
    if instance.run is not None or instance.removed_at is not None:
        return "ignored"
    if now < instance.busy_until:
        return "refused"
    fate = decide(install, instance, session)
    run = _run(install, instance, session, fate, package)
    _open_window(install, instance, run, parent)
    install.begin(instance, run)
    return "launched" if fate is Fate.BOOTS else f"launched, will hang ({fate})"


def decide(install: Install, instance: Instance, session: int) -> Fate:
    """What the machine's faults and its load will make of a start."""
    host, index, rng = install.host, instance.index, install.rng
    faults = host.faults
    hung = rng.choice((Fate.STUCK, Fate.DEAD_GUEST))
    damaged = install.storage.summary(index).damaged
    crowd = concurrent(install) + 1 > faults.boot_storm_limit
    reasons = (
        (faults.wedged_service or damaged or concerns(faults.stuck_starting, index), Fate.STUCK),
        (concerns(faults.hang_boot, index), Fate.DEAD_GUEST),
        (session == 0 and not faults.session_0_boots, hung),
        (session > 0 and faults.disconnected_session, Fate.DEAD_GUEST),
        (crowd, hung),
    )
    return next((fate for holds, fate in reasons if holds), Fate.BOOTS)


def concurrent(install: Install) -> int:
    """How many emulators of the machine are starting now."""
    now = install.host.clock.now()
    return sum(
        one.run.starting(now)
        for peer in install.peers
        for one in peer.instances.values()
        if one.run is not None
    )


def _run(install: Install, instance: Instance, session: int, fate: Fate, package: str) -> Run:
    host, rng = install.host, install.rng
    now = host.clock.now()
    vm_at = now + rng.uniform(3.0, 8.0)
    slower = 1.0 + 0.15 * concurrent(install)
    boot_at = max(now + host.faults.boot_s * rng.uniform(0.9, 1.1) * slower, vm_at)
    return Run(
        at=now,
        session=session,
        fate=fate,
        player_pid=host.processes.new_pid(),
        vm_pid=host.processes.new_pid(),
        top=rng.randrange(60_000, 30_000_000, 2),
        bind=rng.randrange(60_000, 30_000_000, 2),
        vm_at=vm_at,
        online_at=vm_at + (boot_at - vm_at) * 0.5,
        boot_at=boot_at,
        summary=install.storage.summary(instance.index),
        memory=install.storage.content(instance.index),
        package=package,
    )


def _open_window(install: Install, instance: Instance, run: Run, parent: int) -> None:
    host: Host = install.host
    path = f"{install.directory}\\dnplayer.exe"
    host.processes.add(
        Process(
            pid=run.player_pid,
            parent=parent,
            name="dnplayer.exe",
            path=path,
            line=f'"{path}" index={instance.index}|',
            session=run.session,
            user=f"{host.name}\\ldplayer",
            created=host.clock.now(),
            working_set=260 << 20,
            job=host.processes.job_of(parent),
        )
    )
