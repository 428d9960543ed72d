"""The commands that reach into a running Android."""

from ldfleet.simulator import commandline
from ldfleet.simulator.ldplayer import adb
from ldfleet.simulator.ldplayer.call import Call, UsageError, Verb
from ldfleet.simulator.ldplayer.instance import Instance

ACTIONS = {
    "call.keyboard",
    "call.reboot",
    "call.locate",
    "call.shake",
    "call.input",
    "call.network",
    "call.gravity",
}


async def adb_(call: Call) -> int:
    instance = call.target()
    words = commandline.split_arguments(call.options["command"])
    reply = await adb.on_device(call.install, instance, words)
    binary = words[:2] == ["exec-out", "screencap"]
    end = call.install.generation.line_end.encode()
    call.invocation.process.write_out(reply.out if binary else reply.out.replace(b"\n", end))
    call.invocation.err(reply.err.replace("\n", "\r\n"))
    return reply.code


async def installapp(call: Call) -> int:
    instance = call.target()
    if "filename" in call.options and _booted(call, instance):
        refusal = call.install.host.faults.apk_refused
        files = call.install.host.files
        if refusal:
            call.out(f"adb: failed to install: Failure [{refusal}]\r\n")
            call.effect = "refused"
            return 0
        reply = adb.install_apk(instance.guest, call.options["filename"], files=files)
        call.out(reply.err.replace("\n", "\r\n"))
        call.effect = "refused" if reply.code else "installed"
    elif "packagename" in call.options and _booted(call, instance):
        # The store installs its own, often older, version (ldconsole.md 5).
        if not call.install.host.faults.store_installs_nothing:
            instance.guest.install(call.options["packagename"], "0.9-store")
        call.effect = "installed from the store"
    elif not {"filename", "packagename"} & set(call.options):
        raise UsageError
    return 0


async def uninstallapp(call: Call) -> int:
    instance = call.target()
    package = call.options["packagename"]
    stays = call.install.host.faults.uninstall_ignored
    if _booted(call, instance) and package in instance.guest.apps and not stays:
        del instance.guest.apps[package]
        instance.guest.close(package)
        call.effect = "uninstalled"
    return 0


async def runapp(call: Call) -> int:
    instance = call.target()
    dies = call.install.host.faults.apps_die
    if _booted(call, instance) and instance.guest.open(call.options["packagename"]):
        call.effect = "opened"
        if dies:
            instance.guest.close(call.options["packagename"])
    return 0


async def killapp(call: Call) -> int:
    instance = call.target()
    if _booted(call, instance) and not call.install.host.faults.apps_stay:
        instance.guest.close(call.options["packagename"])
        call.effect = "closed"
    return 0


async def action(call: Call) -> int:
    instance = call.target()
    key, value = call.options["key"], call.options["value"]
    if key in ACTIONS and _booted(call, instance):
        guest = instance.guest
        guest.inputs = [*guest.inputs[-99:], f"{key} {value}"]
        call.effect = "done"
    return 0


async def setprop(call: Call) -> int:
    instance = call.target()
    if _booted(call, instance) and not call.install.host.faults.settings_dropped:
        made_up = f"{call.install.rng.randrange(10**15):015}"
        value = call.options["value"]
        instance.guest.props[call.options["key"]] = made_up if value == "auto" else value
        call.effect = "set"
    return 0


async def getprop(call: Call) -> int:
    instance = call.target()
    if _booted(call, instance):
        props = instance.guest.props
        key = call.options.get("key")
        if key is not None:
            call.out(f"{props.get(key, '')}\r\n")
        else:
            call.out("".join(f"[{name}]: [{text}]\r\n" for name, text in sorted(props.items())))
    return 0


async def push(call: Call) -> int:
    return await _transfer(call, ["push", call.options["local"], call.options["remote"]])


async def pull(call: Call) -> int:
    return await _transfer(call, ["pull", call.options["remote"], call.options["local"]])


async def backupapp(call: Call) -> int:
    instance = call.target()
    version = instance.guest.apps.get(call.options["packagename"])
    if version is not None and _booted(call, instance):
        call.install.host.files.write(call.options["file"], version.encode())
        call.effect = "backed up"
    return 0


async def restoreapp(call: Call) -> int:
    instance = call.target()
    files = call.install.host.files
    if _booted(call, instance) and files.exists(call.options["file"]):
        version = files.read(call.options["file"]).decode(errors="replace")
        instance.guest.apps[call.options["packagename"]] = version
        call.effect = "restored"
    return 0


async def only_when_running(call: Call) -> int:
    """Commands with no effect that could be seen from outside."""
    call.effect = "done" if _booted(call, call.target()) else "ignored"
    return 0


async def windows(call: Call) -> int:
    """Commands for all windows of the desktop; their target is optional."""
    call.effect = "done"
    return 0


def _booted(call: Call, instance: Instance) -> bool:
    booted = call.install.view(instance).booted
    if not booted:
        call.effect = "ignored"
    return booted


async def _transfer(call: Call, words: list[str]) -> int:
    instance = call.target()
    reply = await adb.on_device(call.install, instance, words)
    call.effect = "refused" if reply.code else "transferred"
    call.invocation.err(reply.err.replace("\n", "\r\n"))
    return 0


PACKAGE = ("packagename",)
DEVICE = {
    "adb": Verb(run=adb_, needs=("command",)),
    "installapp": Verb(run=installapp, takes=("filename", "packagename")),
    "uninstallapp": Verb(run=uninstallapp, needs=PACKAGE),
    "runapp": Verb(run=runapp, needs=PACKAGE),
    "killapp": Verb(run=killapp, needs=PACKAGE),
    "action": Verb(run=action, needs=("key", "value")),
    "setprop": Verb(run=setprop, needs=("key", "value")),
    "getprop": Verb(run=getprop, takes=("key",)),
    "push": Verb(run=push, needs=("remote", "local")),
    "pull": Verb(run=pull, needs=("remote", "local")),
    "backupapp": Verb(run=backupapp, needs=("packagename", "file")),
    "restoreapp": Verb(run=restoreapp, needs=("packagename", "file")),
    "downcpu": Verb(run=only_when_running, needs=("rate",)),
    "scan": Verb(run=only_when_running, needs=("file",)),
    "operateinfo": Verb(run=only_when_running, needs=("file",)),
    "operaterecord": Verb(run=only_when_running, needs=("content",)),
    "sortWnd": Verb(run=windows),
    "zoomIn": Verb(run=windows),
    "zoomOut": Verb(run=windows),
    "rock": Verb(run=windows),
}
