"""LDPlayer's JSON files: flat keys in the recorded order, written lazily (ldconsole.md 3.2)."""

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

Document = dict[str, Any]  # LDPlayer's JSON: strings, numbers, booleans and a few objects

NAME = "statusSettings.playerName"
RESOLUTION = "advancedSettings.resolution"
DPI = "advancedSettings.resolutionDpi"
ADB = "basicSettings.adbDebug"
REAL_WIDTH = "basicSettings.realWidth"
TRUNCATED_BYTES = 1015  # measured by KARROT

MODELS = (
    ("SM-S9110", "samsung"),
    ("22081212C", "Redmi"),
    ("ASUS_Z01QD", "asus"),
    ("PGT-AN10", "HONOR"),
    ("M2102J2SC", "Xiaomi"),
)
SHARED = {
    "statusSettings.sharedApplications": "C:/Users/ldplayer/Documents/XuanZhi9/Applications",
    "statusSettings.sharedPictures": "C:/Users/ldplayer/Documents/XuanZhi9/Pictures",
    "statusSettings.sharedMisc": "C:/Users/ldplayer/Documents/XuanZhi9/Misc",
}
WINDOW: Document = {
    "basicSettings.left": 845,
    "basicSettings.top": 476,
    "basicSettings.width": 2277,
    "basicSettings.height": 1281,
    "basicSettings.realHeigh": 1332,
    REAL_WIDTH: 2336,
}
AFTER_BOOT: Document = {
    "networkSettings.networkEnable": True,
    "basicSettings.isForstStart": False,
    "basicSettings.mulFsAddSize": 0,
    "basicSettings.mulFsAutoSize": 2,
    "basicSettings.autoRun": False,
    "basicSettings.rootMode": True,
    "statusSettings.closeOption": 0,
    "basicSettings.verticalSync": False,
    "basicSettings.heightFrameRate": False,
}
HOTKEYS = {
    "backKey": (0, 27),
    "homeKey": (0, 112),
    "appSwitchKey": (0, 113),
    "menuKey": (0, 114),
    "zoomInKey": (0, 115),
    "zoomOutKey": (0, 116),
    "bossKey": (2, 81),
    "shakeKey": (0, 120),
    "operationRecordKey": (0, 121),
    "operationRecordPauseKey": (0, 0),
    "operationRecordShowFrame": (2, 56),
    "fullScreenKey": (0, 122),
    "showMappingKey": (0, 123),
    "videoRecordKey": (0, 119),
    "mappingRecordKey": (0, 117),
    "keyboardModelKey": (2, 70),
    "soundAddKey": (2, 107),
    "soundSubKey": (2, 109),
    "screenCutKey": (2, 48),
    "miniKey": (2, 112),
    "multiKey": (2, 50),
    "installApkKey": (2, 51),
    "shareFileKey": (2, 53),
    "locationKey": (2, 55),
    "syncKey": (2, 57),
}
SETTINGS_WINDOW: Document = {
    "propertySettings.phoneNumber": "",
    "basicSettings.autoRotate": False,
    "basicSettings.isForceLandscape": True,
    "basicSettings.standaloneSysVmdk": False,
    "basicSettings.lockWindow": False,
    "advancedSettings.micphoneName": "",
    "advancedSettings.speakerName": "",
    "networkSettings.networkSwitching": False,
    "networkSettings.networkStatic": False,
    "networkSettings.networkAddress": "0.0.0.0",  # noqa: S104 - a recorded value; nothing binds
    "networkSettings.networkGateway": "0.0.0.0",  # noqa: S104 - as above
    "networkSettings.networkSubnetMask": "255.255.255.0",
    "networkSettings.networkDNS1": "8.8.8.8",
    "networkSettings.networkDNS2": "8.8.4.4",
    "networkSettings.networkInterface": "Intel(R) Ethernet Connection (17) I219-LM",
    "basicSettings.disableMouseFastOpt": True,
    "basicSettings.cjztdisableMouseFastOpt_new": 0,
    "basicSettings.HDRQuality": 0,
    "basicSettings.qjcjdisableMouseFast": 1,
    "basicSettings.fps": 60,
    "basicSettings.astc": True,
    **{
        f"hotkeySettings.{name}": {"modifiers": modifiers, "key": key}
        for name, (modifiers, key) in HOTKEYS.items()
    },
    "basicSettings.videoQuality": 10,
}
GLOBAL: Document = {
    "languageId": "ru_RU",
    "productLanguageId": "ru_RU",
    "channelOpenId": "1315",
    "channelLastOpenId": "172",
    "reduceAudio": True,
    "isSSD": True,
    "fromInstall": False,
    "strp": "apiru",
    "reportPCInfoTime": "20251017",
    "lastZoneArea": "Europe/Berlin",
    "lastZoneName": "RTZ 4 (зима)",
    "isBaseboard": True,
    "vipMode": False,
    "basicSettings.lastIP": "de",
    "nextCheckupdateTime": 1760654007,
    "noiceUserRed": True,
    "multiPlayerSort": 0,
    "hasPluginLast": False,
    "mulTab": True,
    "exitFullscreenEsc": True,
    "disableMouseRightOpt": False,
    "isFirstInstallApk": False,
    "cleanMode": True,
    "framesPerSecond": 20,
    "displayMode": True,
    "windowsRecordPos": True,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What LDPlayer itself needs of a file; None where the key is missing."""

    name: str | None = None
    width: int | None = None
    height: int | None = None
    dpi: int | None = None
    adb_debug: int | None = None
    damaged: bool = False
    """realWidth 0: the emulator will not start (ldconsole.md 3.2)."""


def render(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, indent=4, ensure_ascii=False).encode()


def parse(content: bytes) -> Document | None:
    """The document, or None when the file is cut off or no JSON."""
    try:
        value = json.loads(content)
    except ValueError:
        return None
    return cast("Document", value) if isinstance(value, dict) else None


def new_identity(rng: random.Random) -> Document:
    """The seven propertySettings of a new phone."""
    model, manufacturer = rng.choice(MODELS)
    return {
        "propertySettings.phoneIMEI": _digits(rng, 15),
        "propertySettings.phoneIMSI": "46000" + _digits(rng, 10),
        "propertySettings.phoneSimSerial": "8986" + _digits(rng, 16),
        "propertySettings.phoneAndroidId": f"{rng.getrandbits(64):016x}",
        "propertySettings.phoneModel": model,
        "propertySettings.phoneManufacturer": manufacturer,
        "propertySettings.macAddress": f"00DB{rng.getrandbits(32):08X}",
    }


def created(name: str, rng: random.Random) -> Document:
    """11 keys, as after `add`."""
    return {**new_identity(rng), **SHARED, NAME: name}


def recreated(name: str, rng: random.Random) -> Document:
    """8 keys: the empty emulator LDPlayer 14 makes where one was removed."""
    return {**new_identity(rng), NAME: name}


def restored(name: str, rng: random.Random) -> Document:
    """The short form after `restore`: 851 bytes were measured, adb and resolution lost."""
    return {
        **new_identity(rng),
        **SHARED,
        "basicSettings.left": 0,
        "basicSettings.top": 0,
        "networkSettings.networkEnable": True,
        "basicSettings.isForstStart": False,
        NAME: name,
    }


def booted(document: Document, *, adb_debug: int) -> Document:
    """At least 28 keys, as after the first boot. What is there already stays."""
    late = {key: document[key] for key in (NAME,) if key in document}
    early = {key: value for key, value in document.items() if key not in late}
    lazy = {**WINDOW, **AFTER_BOOT, ADB: adb_debug}
    return {**early, **{k: v for k, v in lazy.items() if k not in early}, **late} | {
        "basicSettings.fsAutoSize": document.get("basicSettings.fsAutoSize", 1)
    }


def saved(
    index: int, name: str | None, rng: random.Random, *, resolution: tuple[int, int, int], adb: int
) -> Document:
    """78 or 79 keys in the recorded order: somebody saved the settings window."""
    width, height, dpi = resolution
    document: Document = {
        **new_identity(rng),
        **SHARED,
        **WINDOW,
        **AFTER_BOOT,
        ADB: adb,
        RESOLUTION: {"width": width, "height": height},
        DPI: dpi,
        "advancedSettings.cpuCount": 4,
        "advancedSettings.memorySize": rng.choice((2048, 4096)),
        **SETTINGS_WINDOW,
    }
    if index == 0 and name is None:
        return document | {"basicSettings.rightToolBar": True}
    return document | {NAME: name, "basicSettings.fsAutoSize": 1}


def summary(content: bytes) -> Summary:
    document = parse(content)
    if document is None:
        return Summary()
    size = document.get(RESOLUTION)
    sizes = cast("Document", size) if isinstance(size, dict) else {}
    return Summary(
        name=document.get(NAME) if isinstance(document.get(NAME), str) else None,
        width=_whole(sizes.get("width")),
        height=_whole(sizes.get("height")),
        dpi=_whole(document.get(DPI)),
        adb_debug=_whole(document.get(ADB)),
        damaged=document.get(REAL_WIDTH) == 0,
    )


def _whole(value: object) -> int | None:
    return int(value) if isinstance(value, int | float) else None


def _digits(rng: random.Random, count: int) -> str:
    return "".join(rng.choices("0123456789", k=count))
