"""One installed LDPlayer: its emulators, and what time does to them."""

import random

from ldfleet.simulator.host import Host
from ldfleet.simulator.ldplayer import configs
from ldfleet.simulator.ldplayer.generations import Generation
from ldfleet.simulator.ldplayer.guest import Guest
from ldfleet.simulator.ldplayer.instance import (
    LOCKED_S,
    OFF,
    Fate,
    Instance,
    Run,
    View,
)
from ldfleet.simulator.ldplayer.storage import Storage
from ldfleet.simulator.processes import Process
from ldfleet.simulator.quirks import concerns

RECREATED_AFTER = 4.0


class Install:
    """`settle` brings everything up to now; the host calls it before anybody looks."""

    def __init__(
        self,
        host: Host,
        generation: Generation,
        directory: str,
        *,
        data_directory: str = "",
        peers: "list[Install] | None" = None,
    ) -> None:
        self.host = host
        self.generation = generation
        self.directory = directory
        self.vms = data_directory or f"{directory}\\vms"
        self.rng = random.Random(host.rng.getrandbits(64))
        self.storage = Storage(host.files, self.vms, self.rng)
        self.instances: dict[int, Instance] = {}
        self.arriving: dict[int, tuple[float, Instance, str]] = {}
        """Copies and re-created emulators: when, what, and the name it will have."""
        self.peers = peers if peers is not None else []
        """All installations of the machine, this one too: they share one VM service."""
        self.peers.append(self)
        self._service_pid = 0
        host.settlers.append(self.settle)

    def seed(self, index: int, name: str | None, *, adb: int = 1) -> Instance:
        """An emulator that was there and set up before the story begins."""
        document = configs.saved(
            index, name, self.rng, resolution=self.generation.resolution, adb=adb
        )
        self.storage.create(index, document)
        self.storage.start_vm(index, document)
        return self.put(index)

    def put(self, index: int, guest: Guest | None = None) -> Instance:
        instance = Instance(index=index, guest=guest or Guest())
        self.instances[index] = instance
        return instance

    def free_index(self) -> int:
        """The lowest number nobody has (ldconsole.md 7)."""
        index = 0
        while index in self.instances or index in self.arriving:
            index += 1
        return index

    def by_name(self, name: str) -> Instance | None:
        """The one with the highest index, of all with that name."""
        found = [one for one in self.ordered() if self.name_of(one) == name]
        return found[-1] if found else None

    def ordered(self) -> list[Instance]:
        return [self.instances[index] for index in sorted(self.instances)]

    def name_of(self, instance: Instance) -> str:
        return self.storage.summary(instance.index).name or default_name(instance.index)

    def adb_debug(self, instance: Instance) -> int:
        summary = instance.run.summary if instance.run else self.storage.summary(instance.index)
        stored = summary.adb_debug
        return self.host.faults.default_adb_debug if stored is None else stored

    def screen(self, instance: Instance) -> tuple[int, int, int]:
        """A running VM keeps the resolution it was started with."""
        summary = instance.run.summary if instance.run else self.storage.summary(instance.index)
        width, height, dpi = self.generation.resolution
        return summary.width or width, summary.height or height, summary.dpi or dpi

    def view(self, instance: Instance) -> View:
        run = instance.run
        if run is None:
            return OFF
        alive = self.host.processes.get(run.vm_pid) is not None
        return run.view(self.host.clock.now(), vm_alive=alive)

    def online(self, instance: Instance) -> bool:
        """Whether adb reaches it."""
        reachable = self.adb_debug(instance) > 0 and not self.host.faults.adb_off
        return reachable and self.view(instance).online

    def settle(self) -> None:
        now = self.host.clock.now()
        if self._service_pid and self.host.processes.get(self._service_pid) is None:
            self._service_died()
        for index, (at, instance, name) in list(self.arriving.items()):
            if now >= at:
                self._arrive(index, instance, name)
        for instance in self.ordered():
            if instance.removed_at is not None and now >= instance.removed_at:
                self._remove(instance)
                continue
            if instance.run is not None:
                self._settle_run(instance, instance.run, now)
            if concerns(self.host.faults.truncated_config, instance.index):
                self.storage.truncate(instance.index)

    def begin(self, instance: Instance, run: Run) -> None:
        """Open the player's window; its VM follows in `settle`."""
        self._ensure_service(run.session)
        instance.run = run

    def end(self, instance: Instance, *, locked_until: float = 0.0) -> None:
        """The player and its VM are gone."""
        run, instance.run = instance.run, None
        if run is None:
            return
        table = self.host.processes
        table.kill([row for pid in (run.player_pid, run.vm_pid) if (row := table.get(pid))])
        instance.locked_until = locked_until
        instance.guest.running.clear()

    def write_back(self, instance: Instance, run: Run) -> None:
        """Dnplayer writes its copy of the settings, with the keys it has come to know."""
        document = configs.parse(run.memory) or self.storage.document(instance.index)
        adb = self.host.faults.default_adb_debug
        try:
            self.storage.write(instance.index, configs.booted(document, adb_debug=adb))
        except OSError:
            return

    def _service_died(self) -> None:
        # Every VM dies with the shared service and its window is left; a wedge is gone too.
        self._service_pid = 0
        self.host.faults.wedged_service = False
        table = self.host.processes
        vms = [one.run.vm_pid for one in self.instances.values() if one.run]
        table.kill([row for pid in vms if (row := table.get(pid))])

    def _settle_run(self, instance: Instance, run: Run, now: float) -> None:
        table = self.host.processes
        if table.get(run.player_pid) is None:
            self._killed(instance, run, now)
            return
        if now >= run.vm_at and run.fate is not Fate.STUCK and not run.vm_started:
            self._start_vm(instance, run)
        if run.fate is Fate.BOOTS and now >= run.boot_at and not run.booted:
            self._boot(instance, run)
        if run.quit_done_at is not None and now >= run.quit_done_at:
            self.write_back(instance, run)
            self.end(instance, locked_until=run.quit_done_at + LOCKED_S)
        elif self._crashes(instance, run, now):
            self.end(instance)
        elif run.vm_started and concerns(self.host.faults.zombie, instance.index):
            table.kill([row for row in [table.get(run.vm_pid)] if row])

    def _killed(self, instance: Instance, run: Run, now: float) -> None:
        writing = run.quit_done_at is not None and now < run.quit_done_at
        if writing and self.host.faults.kill_truncates_config:
            self.write_back(instance, run)
            self.storage.truncate(instance.index)
        self.end(instance, locked_until=now)

    def _start_vm(self, instance: Instance, run: Run) -> None:
        run.vm_started = True
        vm = f"20160302-aaaa-aaaa-0eee-{instance.index:012x}"
        program = self.generation.vm_program
        path = f"{self.generation.runtime}\\{program}"
        line = f"{path} --comment leidian{instance.index} --startvm {vm} --vrde config"
        self._add_process(run.vm_pid, path, line, run.session, memory=1900 << 20)
        self.storage.start_vm(instance.index, configs.parse(run.memory) or {})

    def _boot(self, instance: Instance, run: Run) -> None:
        run.booted = True
        instance.was_online = True
        guest = instance.guest
        guest.size = self.screen(instance)
        guest.has_monkey = self.generation.has_monkey
        settings = configs.parse(run.memory) or {}
        guest.mac = str(settings.get("propertySettings.macAddress", ""))
        guest.props = {
            "sys.boot_completed": "1",
            "ro.build.version.release": self.generation.android,
            "ro.build.version.sdk": self.generation.sdk,
            "ro.product.cpu.abi": "x86_64",
            **_phone(settings),
        }
        grown = configs.booted(settings, adb_debug=self.adb_debug(instance))
        run.memory = configs.render(grown)
        self.write_back(instance, run)
        if run.package:
            guest.open(run.package)

    def _crashes(self, instance: Instance, run: Run, now: float) -> bool:
        after = self.host.faults.crashing_emulator
        if after is None or not run.booted:
            return False
        concerned = concerns(self.host.faults.crashing_index, instance.index)
        return concerned and now >= run.boot_at + after

    def _remove(self, instance: Instance) -> None:
        index = instance.index
        self.end(instance)
        name = self.name_of(instance)
        self.storage.remove(index, keep_folder=self.host.faults.remove_leaves_folder)
        del self.instances[index]
        times = self.host.faults.recreate_after_remove
        if times:
            self.host.faults.recreate_after_remove = times if times is True else times - 1
            at = self.host.clock.now() + RECREATED_AFTER
            self.arriving[index] = (at, Instance(index=index), name)

    def _arrive(self, index: int, instance: Instance, name: str) -> None:
        del self.arriving[index]
        if not self.storage.content(index):
            self.storage.create(index, configs.recreated(name, self.rng), size=1 << 20)
        self.instances[index] = instance

    def _ensure_service(self, session: int) -> None:
        program = self.generation.service_program
        running = self.host.processes.named(program)
        if running:
            self._service_pid = running[0].pid
            return
        self._service_pid = self.host.processes.new_pid()
        path = f"{self.generation.runtime}\\{program}"
        self._add_process(self._service_pid, path, f"{path} -Embedding", session)

    def _add_process(
        self, pid: int, path: str, line: str, session: int, *, memory: int = 40 << 20
    ) -> None:
        self.host.processes.add(
            Process(
                pid=pid,
                parent=self.host.services_pid,
                name=path.rpartition("\\")[2],
                path=path,
                line=line,
                session=session,
                user=f"{self.host.name}\\ldplayer",
                created=self.host.clock.now(),
                working_set=memory,
            )
        )


def default_name(index: int) -> str:
    return f"LDPlayer-{index}" if index else "LDPlayer"


def _phone(document: configs.Document) -> dict[str, str]:
    names = {
        "ro.product.model": "propertySettings.phoneModel",
        "ro.product.manufacturer": "propertySettings.phoneManufacturer",
        "phone.imei": "propertySettings.phoneIMEI",
        "phone.imsi": "propertySettings.phoneIMSI",
        "phone.simserial": "propertySettings.phoneSimSerial",
        "phone.androidid": "propertySettings.phoneAndroidId",
        "phone.number": "propertySettings.phoneNumber",
    }
    return {prop: str(document.get(key, "")) for prop, key in names.items()}
