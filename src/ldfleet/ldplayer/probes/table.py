"""All probes: every open question of winrm.md 8 and ldconsole.md 13, once."""

from ldfleet.ldplayer.probes import console, files, still_open, windows
from ldfleet.ldplayer.probes.probe import Probe

PROBES: tuple[Probe, ...] = (
    *windows.PROBES,
    *console.PROBES,
    *files.PROBES,
    *still_open.PROBES,
)
