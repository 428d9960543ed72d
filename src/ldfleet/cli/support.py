"""`ldfleet support-bundle`: what helps to find a fault, in one file and without secrets."""

import json
import os
import platform
import sys
import time
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

import ldfleet
from ldfleet import errors
from ldfleet.cli import output
from ldfleet.cli.commands import epilog, single
from ldfleet.cli.connection import Client, connect, server_url
from ldfleet.cli.sending import built
from ldfleet.client import operations, problems, server, sites, workstations
from ldfleet.domain.operation import OperationStatus
from ldfleet.errors import FleetError
from ldfleet.telemetry import redact
from ldfleet.wire.operations import LogFilter, OperationFilter
from ldfleet.wire.problems import ProblemFilter
from ldfleet.wire.sites import SiteFilter
from ldfleet.wire.workstations import WorkstationFilter

bundle = single()

_FAILURES = 50
_LOGS = 10
_BAD = (OperationStatus.FAILED, OperationStatus.LOST, OperationStatus.TIMED_OUT)
Part = Callable[[Client], object]


@bundle.command(epilog=epilog("ldfleet support-bundle --file fleet.zip"))
def gather(
    *,
    file: Annotated[
        Path | None, typer.Option(help="Where to. Default: ldfleet-support-TIME.zip, here.")
    ] = None,
) -> None:
    """Gather versions, status, settings, problems, failures: a zip without secrets.

    Settings come masked, and what looks like a secret is masked everywhere. Names and addresses
    of PCs are in it: look before you send it. What you may not see is left out and named. Prints
    the file.
    """
    at = time.strftime("%Y%m%d-%H%M%S", time.gmtime())
    path = file or Path(f"ldfleet-support-{at}.zip")
    with connect() as client:
        found, missing = _gathered(client)
    found["about"] = _about(at)
    _write(path, {f"{name}.json": redact(what) for name, what in found.items()})
    for name, why in missing.items():
        output.say(f"Without {name}: {why}")
    output.print_line(str(path))


def _about(at: str) -> Mapping[str, Any]:
    """Of this command line."""
    return {
        "made_at": at,
        "version": ldfleet.__version__,
        "python": sys.version,
        "platform": platform.platform(),
        "server": server_url(),
        "variables": sorted(name for name in os.environ if name.startswith("LDFLEET_")),
    }


def _gathered(client: Client) -> tuple[dict[str, object], Mapping[str, str]]:
    """The parts that could be had, and why the others could not."""
    found: dict[str, object] = {}
    missing: dict[str, str] = {}
    for name, part in PARTS.items():
        try:
            found[name] = part(client)
        except FleetError as error:
            missing[name] = f"{error} ({error.code})"
    return {**found, "missing": missing}, missing


def _failures(client: Client) -> object:
    """The last ones of each bad end, the newest with their steps and log."""
    found: list[Any] = []
    for status in _BAD:
        which = built(OperationFilter, {"status": status, "limit": _FAILURES})
        found += client.send(operations.page(which)).items
    found.sort(key=lambda one: one.created_at, reverse=True)
    told = [one.model_dump(mode="json") for one in found[:_FAILURES]]
    for one in told[:_LOGS]:
        steps = client.send(operations.steps(one["id"]))
        lines = client.send(operations.log(one["id"], LogFilter()))
        one["steps"] = [step.model_dump(mode="json") for step in steps.items]
        one["log"] = [line.model_dump(mode="json") for line in lines.items]
    return told


PARTS: Mapping[str, Part] = {
    "version": lambda client: client.send(server.version()).model_dump(mode="json"),
    "health": lambda client: client.send(server.health(ready=True)).model_dump(mode="json"),
    "status": lambda client: client.send(server.status()).model_dump(mode="json"),
    "settings": lambda client: client.send(server.settings()).model_dump(mode="json"),
    "problems": lambda client: client.send(problems.page(ProblemFilter())).model_dump(mode="json"),
    "sites": lambda client: client.send(sites.page(SiteFilter())).model_dump(mode="json"),
    "workstations": lambda client: [
        one.model_dump(mode="json")
        for one in client.iterate(workstations.page(WorkstationFilter(limit=500)))
    ],
    "statistics": lambda client: client.send(operations.stats()).model_dump(mode="json"),
    "failures": _failures,
}


def _write(path: Path, files: Mapping[str, object]) -> None:
    """For its owner alone; what is there already stays."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as exc:
        reason = f"{path} can't be made: {exc.strerror}; choose another place"
        raise errors.FieldInvalid(field="--file", reason=reason) from exc
    with os.fdopen(handle, "wb") as raw, zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, what in files.items():
            packed.writestr(name, json.dumps(what, indent=2, ensure_ascii=False))
