"""`ldfleet status`."""

from ldfleet.cli import columns, output
from ldfleet.cli.commands import single
from ldfleet.cli.connection import connect
from ldfleet.cli.output import As, Format
from ldfleet.client import server

status = single()


@status.command()
def show_status(*, output_format: As = Format.TABLE) -> None:
    """Show the server: version, uptime, and how many of what are how."""
    with connect() as client:
        known = client.send(server.status())
    output.show_one(known, columns.STATUS, output_format)
