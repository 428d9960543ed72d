"""Where things lie in an LDPlayer (ldconsole.md 2.2, 3.1). Paths are Windows' own, as text."""

from ldfleet.domain.facts import Install


def folder(path: str) -> str:
    r"""The path with backslashes, without one at its end and without quotes."""
    return path.strip().strip('"').replace("/", "\\").rstrip("\\")


def ldconsole_of(install_folder: str) -> str:
    """The command line; `dnconsole.exe` beside it is the same under its old name."""
    return rf"{folder(install_folder)}\ldconsole.exe"


def adb_of(install_folder: str) -> str:
    """The ADB that came with it."""
    return rf"{folder(install_folder)}\adb.exe"


def ldconsole(install: Install) -> str:
    """The command line of an install."""
    return ldconsole_of(install.path)


def config_file(install: Install, index: int) -> str:
    """An instance's settings; may be missing until it is created or booted (3.2)."""
    return rf"{folder(install.data_path)}\config\leidian{index}.config"


def global_config(install: Install) -> str:
    """The settings of all instances of an install (3.3)."""
    return rf"{folder(install.data_path)}\config\leidians.config"


def instance_folder(install: Install, index: int) -> str:
    """Where an instance's disks lie."""
    return rf"{folder(install.data_path)}\leidian{index}"


BACKUPS = "LDFleetBackups"
"""The folder in LDPlayer's data that is ldfleet's."""


def is_own(install: Install, path: str) -> bool:
    """Whether LDPlayer keeps its programs, disks or settings in the folder of a file."""
    places = [_compared(place) for place in (install.path, install.data_path)]
    backups = _compared(rf"{install.data_path}\{BACKUPS}")
    meant = _compared(path)
    return meant[: len(backups)] != backups and any(
        meant[: len(place)] == place for place in places
    )


def _compared(path: str) -> tuple[str, ...]:
    """As Windows takes it: in no case, without dots and spaces at the end of a part."""
    parts = folder(path).split("\\")
    return tuple(part.rstrip(" .").casefold() for part in parts if part.rstrip(" ."))


def disk_files(install: Install, index: int) -> tuple[str, ...]:
    """An instance's disks; that of the system is there only where it has its own (3.1)."""
    place = instance_folder(install, index)
    return tuple(rf"{place}\{name}.vmdk" for name in ("data", "sdcard", "system"))


def vbox(install: Install, index: int) -> str:
    """The VM's description; comes to be at the first boot (3.1)."""
    return rf"{instance_folder(install, index)}\leidian.vbox"
