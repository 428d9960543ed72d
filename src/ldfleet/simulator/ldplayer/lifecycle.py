"""The commands that start, stop, make and unmake emulators."""

from ldfleet.simulator.ldplayer import configs, starts
from ldfleet.simulator.ldplayer.call import Call, NoSuchPlayer, Verb
from ldfleet.simulator.ldplayer.install import default_name
from ldfleet.simulator.ldplayer.instance import Instance
from ldfleet.simulator.quirks import concerns

REMOVED_AFTER = 1.0
BACKUP_SHARE = 0.4  # of the disks: it is packed


async def launch(call: Call) -> int:
    instance = call.target()
    call.effect = starts.launch(
        call.install,
        instance,
        session=call.session,
        parent=call.invocation.process.pid,
        package=call.options.get("packagename", ""),
    )
    return 0


async def quit_(call: Call) -> int:
    instance = call.target()
    call.effect = _quit(call, instance)
    return 0


async def quitall(call: Call) -> int:
    told = [_quit(call, instance) for instance in call.install.ordered()]
    call.effect = f"quitting {told.count('quitting')}"
    return 0


async def reboot(call: Call) -> int:
    instance = call.target()
    run = instance.run
    if run is None or concerns(call.install.host.faults.reboot_ignored, instance.index):
        call.effect = "ignored"
        return 0
    # The player is closed and opened by the one who asks: from session 0 it won't come back up.
    call.install.write_back(instance, run)
    call.install.end(instance)
    await launch(call)
    call.effect = call.effect.replace("launched", "rebooted")
    return 0


async def add(call: Call) -> int:
    install = call.install
    faults = install.host.faults
    index = install.free_index()
    call.index = index
    name = call.options.get("name", default_name(index))
    if faults.add_disappears:
        call.effect = f"pretended to create {index}"
    elif install.storage.create(index, configs.created(name, install.rng)):
        install.put(index)
        call.effect = f"created {index}"
        if faults.add_half_made:
            install.storage.files.remove(install.storage.config_path(index))
    else:
        call.effect = "refused: disk"
        return faults.failed_copy_exit_code
    await call.sleep(faults.add_s)
    return index


async def copy(call: Call) -> int:
    """One at a time, and only from an emulator whose disks nobody holds; else silence."""
    install = call.install
    faults = install.host.faults
    source = _source(call)
    free = source.free(call.now) and source.removed_at is None
    if faults.copy_refused or not free or install.arriving:
        call.effect = "refused"
        return faults.failed_copy_exit_code
    index = install.free_index()
    call.index = index
    name = call.options.get("name", default_name(index))
    if not _copy_files(call, source, index, name):
        call.effect = "refused: disk"
        return faults.failed_copy_exit_code
    clone = Instance(index=index, guest=source.guest.clone())
    install.arriving[index] = (call.now + faults.copy_s, clone, name)
    source.busy_until = call.now + faults.copy_s
    call.effect = f"copied {source.index} to {index}"
    if faults.copy_blocks:
        await call.sleep(faults.copy_s)
    return index


async def remove(call: Call) -> int:
    instance = call.target()
    running = instance.run is not None
    if instance.removed_at is not None or not _idle(call, instance):
        call.effect = "ignored"
    elif running and call.install.host.faults.remove_refuses_running:
        call.effect = "refused"
    else:
        instance.removed_at = call.now + REMOVED_AFTER
        call.effect = "removed"
    return 0


async def backup(call: Call) -> int:
    instance = call.target()
    path = call.options["file"]
    ignored = call.install.host.faults.backup_ignored
    if ignored or not instance.free(call.now) or not path.lower().endswith(".ldbk"):
        call.effect = "refused"
        return 0
    files = call.install.host.files
    seconds = call.install.host.faults.backup_s
    instance.busy_until = call.now + seconds
    call.effect = "backing up"
    size = int(files.size_of(call.install.storage.folder(instance.index)) * BACKUP_SHARE)
    await call.sleep(seconds / 2)
    files.write(path, b"", size=size // 2)
    await call.sleep(seconds / 2)
    files.write(path, b"", size=size)
    call.effect = "backed up"
    return 0


async def restore(call: Call) -> int:
    instance = call.target()
    install = call.install
    there = install.host.files.exists(call.options["file"])
    ignored = install.host.faults.backup_ignored
    if ignored or not there or not instance.free(call.now):
        call.effect = "refused"
        return 0
    name = install.name_of(instance)
    disk = f"{install.storage.folder(instance.index)}\\data.vmdk"
    install.host.files.write(disk, b"", size=install.host.files.size_of(disk))
    install.storage.write(instance.index, configs.restored(name, install.rng))
    instance.busy_until = call.now + install.host.faults.backup_s
    call.effect = "restored"
    await call.sleep(install.host.faults.backup_s)
    return 0


def _quit(call: Call, instance: Instance) -> str:
    run, install = instance.run, call.install
    if run is None or run.quit_done_at is not None:
        return "ignored"
    faults = install.host.faults
    zombie = run.vm_started and install.host.processes.get(run.vm_pid) is None
    if concerns(faults.quit_ignored, instance.index) or (zombie and faults.zombie_ignores_quit):
        return "ignored"
    run.quit_done_at = call.now + install.rng.uniform(3.0, 6.0)
    return "quitting"


def _idle(call: Call, instance: Instance) -> bool:
    return call.now >= max(instance.busy_until, instance.locked_until)


def _source(call: Call) -> Instance:
    # All digits: an index. Anything else: a name (ldconsole.md 5).
    word = call.options["from"]
    number = int(word) if word.isascii() and word.isdigit() else None
    install = call.install
    source = install.by_name(word) if number is None else install.instances.get(number)
    if source is None:
        raise NoSuchPlayer
    return source


def _copy_files(call: Call, source: Instance, index: int, name: str) -> bool:
    storage = call.install.storage
    size = storage.files.size_of(f"{storage.folder(source.index)}\\data.vmdk")
    document = storage.document(source.index) | {configs.NAME: name}
    return storage.create(index, document, size=size)


LIFECYCLE = {
    "launch": Verb(run=launch, takes=("packagename",), flags=("mini", "hide")),
    "launchex": Verb(run=launch, needs=("packagename",), flags=("mini", "hide")),
    "quit": Verb(run=quit_),
    "quitall": Verb(run=quitall),
    "reboot": Verb(run=reboot),
    "add": Verb(run=add),
    "copy": Verb(run=copy, needs=("from",)),
    "remove": Verb(run=remove),
    "backup": Verb(run=backup, needs=("file",)),
    "restore": Verb(run=restore, needs=("file",)),
}
