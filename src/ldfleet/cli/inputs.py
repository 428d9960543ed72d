"""`ldfleet input …`: a person's hand on an emulator's screen."""

from typing import Annotated, Any

import typer

from ldfleet.cli import output, selection
from ldfleet.cli.commands import epilog, group
from ldfleet.cli.connection import connect
from ldfleet.cli.looks import EmulatorRef
from ldfleet.cli.sending import built
from ldfleet.client import emulators
from ldfleet.domain.gesture import AndroidKey
from ldfleet.wire.looks import InputIn

app = group(
    "Tap, swipe, press keys and type on a running emulator.",
    "ldfleet input tap farm-07 640 360",
    "ldfleet input key farm-07 back",
    "ldfleet input text farm-07 'hello there'",
)
X = Annotated[int, typer.Argument(help="Pixels from the left.")]
Y = Annotated[int, typer.Argument(help="Pixels from the top.")]


@app.command(epilog=epilog("ldfleet input tap farm-07 640 360"))
def tap(*, emulator: EmulatorRef, x: X, y: Y) -> None:
    """Tap a place on its screen."""
    _do(emulator, {"tap": {"x": x, "y": y}})


@app.command(epilog=epilog("ldfleet input swipe farm-07 640 600 640 100"))
def swipe(
    *,
    emulator: EmulatorRef,
    x: X,
    y: Y,
    to_x: Annotated[int, typer.Argument(help="To there, from the left.")],
    to_y: Annotated[int, typer.Argument(help="To there, from the top.")],
    ms: Annotated[int, typer.Option(help="How long it takes, in milliseconds.")] = 300,
) -> None:
    """Swipe from one place to another; to the same one it is a long press."""
    _do(emulator, {"swipe": {"x": x, "y": y, "to_x": to_x, "to_y": to_y, "ms": ms}})


@app.command(epilog=epilog("ldfleet input key farm-07 home"))
def key(
    *, emulator: EmulatorRef, name: Annotated[AndroidKey, typer.Argument(help="Which one.")]
) -> None:
    """Press a key."""
    _do(emulator, {"key": name})


@app.command(epilog=epilog("ldfleet input text farm-07 'hello there'"))
def text(
    *, emulator: EmulatorRef, words: Annotated[str, typer.Argument(help="ASCII only.")]
) -> None:
    """Type into what has the focus. Passwords don't belong here: others see the screen."""
    _do(emulator, {"text": words})


def _do(emulator: str, wanted: dict[str, Any]) -> None:
    asked = built(InputIn, wanted)
    with connect() as client:
        found = selection.find_emulator(client, emulator)
        client.send(emulators.send_input(found.id, asked))
    output.say("Done.")
