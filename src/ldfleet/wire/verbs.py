"""What is asked of emulators and workstations: one schema for each verb that takes something."""

from typing import Annotated, Literal

from pydantic import Field

from ldfleet.wire.profiles import AppIn
from ldfleet.wire.shapes import Input, Reason, Tags

OnBusy = Literal["queue", "refuse"]
Text = Annotated[str, Field(max_length=1_000)]


class Asking(Input):
    """Why it is asked for, and how long it may take."""

    reason: Reason | None = None
    timeout_s: Annotated[
        float | None,
        Field(ge=1, le=86_400, description="Seconds from its start; without it, the verb's own."),
    ] = None


class EmulatorAsking(Asking):
    """The same of an emulator."""

    on_busy: Annotated[
        OnBusy, Field(description="Where it has something to do already: behind it, or not at all.")
    ] = "queue"


class LaunchIn(EmulatorAsking):
    """How to launch."""

    package: Annotated[
        str | None,
        Field(max_length=300, description="An app to start with it."),
    ] = None


class RenameIn(EmulatorAsking):
    """The new name."""

    name: Text


class ScreenIn(Input):
    """Guest resolution in pixels, and dots per inch."""

    width: int
    height: int
    dpi: int


class SettingsIn(Input):
    """The settings to change; what is left out stays. A device id is digits, or `auto`."""

    screen: ScreenIn | None = None
    cpu: int | None = None
    memory_mib: int | None = None
    manufacturer: Text | None = None
    model: Text | None = None
    phone_number: Text | None = None
    imei: Text | None = None
    imsi: Text | None = None
    sim_serial: Text | None = None
    android_id: Text | None = None
    mac: Text | None = None
    auto_rotate: bool | None = None
    lock_window: bool | None = None
    root: bool | None = None
    adb: Annotated[
        bool | None,
        Field(description="Whether ADB reaches its Android, from the PC itself. Only while off."),
    ] = None


class ModifyIn(EmulatorAsking):
    """Which settings to change."""

    settings: SettingsIn


class CloneIn(EmulatorAsking):
    """How to clone."""

    name: Text | None = None
    new_ids: Annotated[bool, Field(description="Give the clone device ids of its own.")] = True
    stop_source: Annotated[bool, Field(description="Quit the source first, if it runs.")] = False


class BackupIn(EmulatorAsking):
    """Where to."""

    file: Annotated[
        Text | None,
        Field(description="A full path on the workstation, ending in .ldbk; else one is made up."),
    ] = None


class RestoreIn(EmulatorAsking):
    """Where from."""

    file: Annotated[Text, Field(description="A full path on the workstation, ending in .ldbk.")]


class InstallIn(EmulatorAsking):
    """What to install: exactly one of these."""

    file: Annotated[
        Text | None, Field(description="A full path of an .apk or .xapk on the workstation.")
    ] = None
    package: Annotated[
        Text | None, Field(description="An app of LDPlayer's store, perhaps an old version.")
    ] = None
    app: Annotated[
        Text | None,
        Field(description="The id of an app of the library; the PC fetches it from the server."),
    ] = None


class AdbIn(EmulatorAsking):
    """The ADB command, without `adb` itself.

    Everybody who may look sees it and what it prints: passwords don't belong there.
    """

    command: Text


class LocationIn(EmulatorAsking):
    """A place, WGS-84."""

    longitude: float
    latitude: float


class PropertyIn(EmulatorAsking):
    """A property, such as phone.imei."""

    key: Text
    value: Text


class NewAppIn(AppIn):
    """The same, or an app of the library; one of the three."""

    app: Annotated[Text | None, Field(description="The id of an app of the library.")] = None


class CreateIn(Asking):
    """The emulator to create."""

    workstation_id: str
    name: Text | None = None
    install: Annotated[
        Text | None, Field(description="The folder of the LDPlayer; else the workstation's only.")
    ] = None
    profile: Annotated[
        Text | None, Field(description="A profile's id; what is given here goes first.")
    ] = None
    settings: SettingsIn | None = None
    tags: Tags | None = None
    apps: Annotated[
        tuple[NewAppIn, ...] | None,
        Field(max_length=50, description="Installed one by one; for that it is started once."),
    ] = None
    stay_on: Annotated[
        bool | None, Field(description="Start it, and leave it on; else it ends up stopped.")
    ] = None


class GlobalSettingsIn(Asking):
    """Settings of all emulators there, in force from their next cold start."""

    fps: Annotated[int | None, Field(description="0 to 60.")] = None
    audio: bool | None = None
    fast_play: bool | None = None
    clean_mode: bool | None = None


class ConsoleIn(Asking):
    """A command on the workstation, in ldfleet's login and without a shell or a desktop.

    Everybody who may look sees it and what it prints: passwords don't belong there.
    """

    argv: Annotated[
        tuple[Text, ...],
        Field(min_length=1, max_length=100, description="The program, then each argument."),
    ]
    deadline_s: Annotated[
        float | None,
        Field(ge=1, le=3_600, description="Seconds until it is ended there; without it, 60."),
    ] = None


class InstallFolderIn(Asking):
    """Of which LDPlayer, where there are several."""

    install: Annotated[Text | None, Field(description="Its folder; without it, all.")] = None
