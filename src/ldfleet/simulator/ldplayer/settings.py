"""The commands that change settings."""

import re
from collections.abc import Callable

from ldfleet.simulator.ldplayer import configs
from ldfleet.simulator.ldplayer.call import Call, Verb
from ldfleet.simulator.ldplayer.configs import Document
from ldfleet.simulator.ldplayer.instance import Instance

MEMORY_TIERS = (256, 512, 768, 1024, 1536, 2048, 4096, 8192)
Change = Callable[[Call, str], Document]
"""The keys an option's value changes; none for a value out of its range (ldconsole.md 5.1)."""


def change(call: Call, instance: Instance, changes: Document) -> None:
    """Write into the file, and into a running player's own copy of it."""
    call.install.storage.edit(instance.index, changes)
    if instance.run is not None:
        document = configs.parse(instance.run.memory) or {}
        instance.run.memory = configs.render(document | changes)


async def modify(call: Call) -> int:
    instance = call.target()
    changes: Document = {}
    for option, make in CHANGES.items():
        if option in call.options:
            changes |= make(call, call.options[option])
    if changes:
        change(call, instance, changes)
    call.effect = "modified" if changes else "ignored"
    return 0


async def rename(call: Call) -> int:
    instance = call.target()
    change(call, instance, {configs.NAME: call.options["title"]})
    call.effect = "renamed"
    return 0


async def locate(call: Call) -> int:
    instance = call.target()
    if not call.install.host.faults.place_not_written:
        change(call, instance, {"statusSettings.location": call.options["LLI"]})
    call.effect = "located"
    return 0


async def globalsetting(call: Call) -> int:
    files = call.install.host.files
    path = f"{call.install.vms}\\config\\leidians.config"
    document = configs.parse(files.read(path)) if files.exists(path) else None
    changes: Document = {}
    if call.install.host.faults.settings_dropped:
        call.effect = "ignored"
        return 0
    if (fps := call.options.get("fps", "")).isdigit() and int(fps) <= 60:  # noqa: PLR2004 - 0~60
        changes["framesPerSecond"] = int(fps)
    for option, key, inverted in GLOBAL_SWITCHES:
        if call.options.get(option) in {"0", "1"}:
            changes[key] = (call.options[option] == "1") is not inverted
    files.write(path, configs.render((document or configs.GLOBAL) | changes))
    call.effect = "modified" if changes else "ignored"
    return 0


GLOBAL_SWITCHES = (
    ("audio", "reduceAudio", True),
    ("fastplay", "displayMode", False),
    ("cleanmode", "cleanMode", False),
)


def _resolution(_call: Call, value: str) -> Document:
    match = re.fullmatch(r"(\d+),(\d+),(\d+)", value)
    if match is None:
        return {}
    width, height, dpi = (int(number) for number in match.groups())
    return {configs.RESOLUTION: {"width": width, "height": height}, configs.DPI: dpi}


def _cpu(call: Call, value: str) -> Document:
    most = call.install.host.faults.max_cpu
    if value.isdigit() and 1 <= int(value) <= most:
        return {"advancedSettings.cpuCount": int(value)}
    return {}


def _memory(_call: Call, value: str) -> Document:
    if value.isdigit() and int(value) in MEMORY_TIERS:
        return {"advancedSettings.memorySize": int(value)}
    return {}


def _text(key: str) -> Change:
    return lambda _call, value: {key: value}


def _switch(key: str) -> Change:
    return lambda _call, value: {key: value == "1"} if value in {"0", "1"} else {}


def _identity(key: str, form: str) -> Change:
    def make(call: Call, value: str) -> Document:
        if value == "auto":
            return {key: configs.new_identity(call.install.rng)[key]}
        return {key: value} if re.fullmatch(form, value) else {}

    return make


CHANGES: dict[str, Change] = {
    "resolution": _resolution,
    "cpu": _cpu,
    "memory": _memory,
    "manufacturer": _text("propertySettings.phoneManufacturer"),
    "model": _text("propertySettings.phoneModel"),
    "pnumber": _text("propertySettings.phoneNumber"),
    "imei": _identity("propertySettings.phoneIMEI", r"\d{15}"),
    "imsi": _identity("propertySettings.phoneIMSI", r"\d{15}"),
    "simserial": _identity("propertySettings.phoneSimSerial", r"\d{20}"),
    "androidid": _identity("propertySettings.phoneAndroidId", r"[0-9a-fA-F]{16}"),
    "mac": _identity("propertySettings.macAddress", r"[0-9a-fA-F]{12}"),
    "autorotate": _switch("basicSettings.autoRotate"),
    "lockwindow": _switch("basicSettings.lockWindow"),
    "root": _switch("basicSettings.rootMode"),
}

SETTINGS = {
    "modify": Verb(run=modify, takes=tuple(CHANGES)),
    "rename": Verb(run=rename, needs=("title",)),
    "locate": Verb(run=locate, needs=("LLI",)),
    "globalsetting": Verb(run=globalsetting, takes=("fps", "audio", "fastplay", "cleanmode")),
}
