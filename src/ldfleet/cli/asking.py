"""The options that many commands share, given to each as one value."""

import functools
import inspect
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

import typer

from ldfleet.cli import output
from ldfleet.cli.output import As, Format
from ldfleet.cli.sending import built, only_given
from ldfleet.cli.waiting import CancelOnInterrupt, NoWait, Patience, Timeout, seconds_of
from ldfleet.wire.verbs import Asking, OnBusy

H = TypeVar("H", bound=Asking)
Command = Callable[..., None]
Option = tuple[Any, Any]
"""Its annotation, and its default."""

Emulators = Annotated[list[str] | None, typer.Argument(metavar="EMULATOR", help="Ids or names.")]
Reason = Annotated[str | None, typer.Option(help="Why; everyone sees it.")]
Busy = Annotated[
    OnBusy,
    typer.Option("--on-busy", help="Where it has something to do: behind it, or not at all."),
]
Stdin = Annotated[
    bool, typer.Option("--stdin", help="Read more of them from standard input, one a line.")
]
AllowEmpty = Annotated[
    bool, typer.Option("--allow-empty", help="Exit 0 where there are none, instead of 2.")
]
_WAITING: Mapping[str, Option] = {
    "no_wait": (NoWait, False),
    "timeout": (Timeout, None),
    "cancel_on_interrupt": (CancelOnInterrupt, False),
    "output_format": (As, Format.TABLE),
}
_SOME: Mapping[str, Option] = {"stdin": (Stdin, False), "allow_empty": (AllowEmpty, False)}


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """How something is asked for, and waited for."""

    reason: str | None
    on_busy: OnBusy | None
    """None: it is not asked of an emulator."""
    patience: Patience

    def built(self, model: type[H], **given: Any) -> H:
        """What is sent. Raises ValidationFailed, as the server would."""
        return built(model, only_given(reason=self.reason, on_busy=self.on_busy, **given))


def waits(command: Command) -> Command:
    """It takes `patience`, made of the options of waiting."""
    return having(command, _WAITING, "patience", _patience_of)


def asks(command: Command) -> Command:
    """It takes `how`, made of a reason and the options of waiting."""
    return having(command, {"reason": (Reason, None), **_WAITING}, "how", _how)


def asks_one(command: Command) -> Command:
    """The same of one emulator, which may be busy."""
    options = {"reason": (Reason, None), "on_busy": (Busy, "queue"), **_WAITING}
    return having(command, options, "how", _how)


def asks_some(command: Command) -> Command:
    """The same of each of the emulators in `emulator`, which standard input may tell, too."""

    @functools.wraps(command)
    def on_those(
        *, emulator: list[str] | None, stdin: bool, allow_empty: bool, **rest: Any
    ) -> None:
        found = those_meant(emulator, stdin=stdin)
        if found:
            command(emulator=found, **rest)
        else:
            nothing_meant("EMULATOR", stdin=stdin, allow_empty=allow_empty)

    signature = _with(command, {"emulator": (Emulators, None), **_SOME})
    on_those.__signature__ = signature  # type: ignore[attr-defined]  # read by `asks_one`
    return asks_one(on_those)


def those_meant(given: Sequence[str] | None, *, stdin: bool) -> list[str]:
    """Ids or names: the arguments, then the lines of standard input where that is wanted."""
    lines = [line.strip() for line in sys.stdin] if stdin else []
    return list(dict.fromkeys([*(given or ()), *filter(None, lines)]))


def nothing_meant(what: str, *, stdin: bool, allow_empty: bool) -> None:
    """Say so. Raises BadParameter unless that may be."""
    if not allow_empty:
        where = "standard input has none" if stdin else "name one, or give --stdin"
        raise typer.BadParameter(f"there is no {what}: {where}")
    output.say("There are none: nothing to do.")


def _patience_of(
    *, no_wait: bool, timeout: str | None, cancel_on_interrupt: bool, output_format: Format
) -> Patience:
    return Patience(
        wait=not no_wait,
        limit=seconds_of(timeout),
        cancel=cancel_on_interrupt,
        chosen=output_format,
    )


def _how(*, reason: str | None, on_busy: OnBusy | None = None, **waiting: Any) -> How:
    return How(reason=reason, on_busy=on_busy, patience=_patience_of(**waiting))


def having(
    command: Command, options: Mapping[str, Option], name: str, make: Callable[..., object]
) -> Command:
    """The command with these options in place of the parameter that is made of them."""

    @functools.wraps(command)
    def asked(**given: Any) -> None:
        common = {option: given.pop(option) for option in options}
        command(**given, **{name: make(**common)})

    signature = _with(command, options, without=name)
    asked.__signature__ = signature  # type: ignore[attr-defined]  # typer reads it
    asked.__annotations__ = {
        each.name: each.annotation for each in signature.parameters.values()
    } | {"return": None}
    return asked


def _with(
    command: Command, options: Mapping[str, Option], *, without: str | None = None
) -> inspect.Signature:
    """Its signature with the options behind its own, or in place of those of the same name."""
    known = inspect.signature(command)
    mixed = {name: each for name, each in known.parameters.items() if name != without}
    shown_last = mixed.pop("output_format", None)
    for name, (annotation, default) in options.items():
        mixed[name] = inspect.Parameter(
            name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation
        )
    last = [] if shown_last is None else [shown_last]
    return known.replace(parameters=[*mixed.values(), *last])
