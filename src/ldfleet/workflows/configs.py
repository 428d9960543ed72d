"""The config files of emulators, read many at once; each one's damage is its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from ldfleet import errors
from ldfleet.domain.facts import Install
from ldfleet.domain.workstation import Workstation
from ldfleet.ldplayer.configfile import InstanceConfig, read_instance
from ldfleet.ldplayer.layout import config_file
from ldfleet.ldplayer.text import NotUnderstood
from ldfleet.ports import Transport

ABSENT = "absent"
"""The hash of a file that does not exist yet (ldconsole.md 3.2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigFile:
    """A file as it was found: its values, or that it is absent, or why it can't be used."""

    hash: str | None = None
    """None: it could not be read, so it is read again at the next look."""
    config: InstanceConfig | None = None
    failure: errors.FleetError | None = None


async def read_configs(
    workstation: Workstation, transport: Transport, wanted: Sequence[tuple[Install, int]]
) -> Mapping[tuple[str, int], ConfigFile]:
    """By install folder and index, in one round trip."""
    if not wanted:
        return {}
    paths = {(install.path, index): config_file(install, index) for install, index in wanted}
    try:
        contents = await transport.read_files(tuple(paths.values()))
    except errors.FileForbidden as error:
        return dict.fromkeys(paths, ConfigFile(failure=error))
    return {place: _read(workstation, path, contents[path]) for place, path in paths.items()}


def _read(workstation: Workstation, path: str, content: bytes | None) -> ConfigFile:
    if content is None:
        return ConfigFile(hash=ABSENT)
    try:
        config = read_instance(content)
    except NotUnderstood as error:
        return ConfigFile(failure=_unusable(workstation, path, error.reason))
    if config.damaged:
        reason = "the window's size is 0, with which the emulator does not start"
        return ConfigFile(config=config, failure=_unusable(workstation, path, reason))
    return ConfigFile(hash=sha256(content).hexdigest(), config=config)


def _unusable(workstation: Workstation, path: str, reason: str) -> errors.ConfigFileUnreadable:
    return errors.ConfigFileUnreadable(workstation=workstation.name, path=path, reason=reason)
