"""Tables on a terminal; apart, because rich takes long to import."""

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

_STYLES: Mapping[str, str] = {
    **dict.fromkeys(("online", "ready", "succeeded"), "green"),
    **dict.fromkeys(("starting", "running", "queued", "cancelling"), "cyan"),
    **dict.fromkeys(("degraded", "no_desktop", "maintenance", "frozen", "expired"), "yellow"),
    **dict.fromkeys(("unreachable", "auth_failed", "failed", "timed_out", "lost"), "red"),
    **dict.fromkeys(("crashed", "quarantined"), "red"),
    **dict.fromkeys(("stopped", "unknown", "cancelled", "skipped"), "dim"),
}


def draw(titles: Sequence[str], cells: Sequence[Sequence[str]]) -> None:
    """The table, with the states in their colours."""
    table = Table(*titles, box=None, pad_edge=False, header_style="bold")
    for row in cells:
        table.add_row(*(Text(cell, style=_STYLES.get(cell, "")) for cell in row))
    Console().print(table)
