"""How a batch rolls out, as options of whatever submits one."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from ldfleet.cli import waiting
from ldfleet.cli.asking import Command, Option, having

Waves = Annotated[
    str | None,
    typer.Option(help="Sizes of the first waves: 1,5,25%; then the rest, or as --batch."),
]
Batch = Annotated[int | None, typer.Option("--batch", min=1, help="Size of each (further) wave.")]
MaxParallel = Annotated[
    int | None, typer.Option(min=1, help="So many at once, besides the workstations' limits.")
]
Pause = Annotated[str | None, typer.Option(metavar="DURATION", help="Between waves: 60s, 5m.")]
StopOnFailures = Annotated[str | None, typer.Option(help="Halt once so many failed: 5 or 10%.")]


_ROLLING: Mapping[str, Option] = {
    "waves": (Waves, None),
    "batch": (Batch, None),
    "max_parallel": (MaxParallel, None),
    "pause": (Pause, None),
    "stop_on_failures": (StopOnFailures, None),
}


def rolls_out(command: Command) -> Command:
    """It takes `policy`, made of these options: what was given of it."""
    return having(command, _ROLLING, "policy", _policy_of)


def _policy_of(
    *,
    waves: str | None,
    batch: int | None,
    max_parallel: int | None,
    pause: str | None,
    stop_on_failures: str | None,
) -> Mapping[str, Any]:
    policy = {
        "waves": waves.split(",") if waves else None,
        "wave_size": batch,
        "max_parallel": max_parallel,
        "pause_s": waiting.seconds_of(pause),
        "stop_on_failures": stop_on_failures,
    }
    return {name: value for name, value in policy.items() if value is not None}
