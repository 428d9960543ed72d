"""The commands by name; each is loaded when it is used."""

import gc
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

import ldfleet
from ldfleet.cli.commands import WITH_COMPLETION, epilog
from ldfleet.cli.loading import load
from ldfleet.errors import FleetError


@dataclass(frozen=True, slots=True)
class Entry:
    """A command, and where it is."""

    target: str
    about: str
    aliases: tuple[str, ...] = ()


COMMANDS: Mapping[str, Entry] = {
    "status": Entry("ldfleet.cli.server:status", "Show the server: version, uptime, counts."),
    "health": Entry("ldfleet.cli.server:health", "Is the server alive, and fit to work?"),
    "settings": Entry("ldfleet.cli.server:settings", "What the server is set to, secrets masked."),
    "events": Entry("ldfleet.cli.server:events", "Follow what happens, as it happens."),
    "workstations": Entry(
        "ldfleet.cli.workstations:app",
        "The Windows PCs: add, test, scan, hold, …",
        ("workstation",),
    ),
    "sites": Entry(
        "ldfleet.cli.sites:app", "The LANs that PCs stand in, and the workers there.", ("site",)
    ),
    "emulators": Entry(
        "ldfleet.cli.emulators:app", "The emulators on them: list, launch, quit, …", ("emulator",)
    ),
    "screenshot": Entry(
        "ldfleet.cli.looks:screenshot_alone", "Save what a running emulator shows."
    ),
    "input": Entry("ldfleet.cli.inputs:app", "Tap, swipe, press keys and type on one."),
    "operations": Entry(
        "ldfleet.cli.operations:app",
        "What was asked: watch, cancel, read its log.",
        ("operation", "ops"),
    ),
    "batches": Entry(
        "ldfleet.cli.batches:app", "The same asked of many: in waves, retried.", ("batch",)
    ),
    "profiles": Entry(
        "ldfleet.cli.profiles:app",
        "What new emulators are like: hardware, ids, apps.",
        ("profile",),
    ),
    "apps": Entry("ldfleet.cli.apps:app", "The app library: upload, list, remove.", ("app",)),
    "schedules": Entry(
        "ldfleet.cli.schedules:app", "What is asked by itself at certain times.", ("schedule",)
    ),
    "views": Entry("ldfleet.cli.views:app", "Filters of lists, saved under names.", ("view",)),
    "backups": Entry(
        "ldfleet.cli.backups:app", "Backups of emulators: what there is, and where it lies."
    ),
    "problems": Entry(
        "ldfleet.cli.problems:app", "What is wrong now, and what mends it.", ("problem",)
    ),
    "doctor": Entry(
        "ldfleet.cli.doctor:app", "Ask a PC what is not known of real ones; change nothing."
    ),
    "audit": Entry("ldfleet.cli.audit:app", "Who did what; is that log whole?"),
    "config": Entry("ldfleet.cli.servers:app", "Several servers, by name."),
    "support-bundle": Entry(
        "ldfleet.cli.support:bundle", "Gather what helps to find a fault, without secrets."
    ),
    "setup": Entry("ldfleet.cli.people:setup", "Make the first admin of a new server."),
    "login": Entry("ldfleet.cli.people:login", "Sign in; what follows is asked in your name."),
    "logout": Entry("ldfleet.cli.people:logout", "Sign out."),
    "whoami": Entry("ldfleet.cli.people:whoami", "Show who you are, and what you may."),
    "password": Entry("ldfleet.cli.people:password", "Change your password."),
    "users": Entry(
        "ldfleet.cli.users:app", "Who may sign in: roles, scopes, passwords.", ("user",)
    ),
    "tokens": Entry("ldfleet.cli.tokens:app", "Your API tokens, for programs.", ("token",)),
    "sessions": Entry("ldfleet.cli.sessions:app", "Your logins: list, end.", ("session",)),
    "serve": Entry("ldfleet.cli.local:serve", "Run the server here."),
    "worker": Entry("ldfleet.cli.local:worker", "Run operations of some sites here."),
    "demo": Entry("ldfleet.cli.local:demo", "Run a server with a simulated farm, to try it out."),
    "simulate": Entry("ldfleet.cli.local:simulate", "Run simulated workstations alone."),
    "migrate": Entry("ldfleet.cli.local:migrate", "Bring the database to this version's schema."),
    "backup": Entry("ldfleet.cli.local:backup", "Copy the manager's database to a file."),
    "restore": Entry(
        "ldfleet.cli.local:restore", "Put what `backup` made in the database's place."
    ),
    "vault": Entry("ldfleet.cli.local:vault", "Replace the key of the stored passwords."),
}


class Deferred(TyperCommand):
    """Stands for a command that is imported when it is called."""

    def __init__(self, name: str, entry: Entry, *, hidden: bool = False) -> None:
        super().__init__(name, help=entry.about, hidden=hidden, rich_markup_mode=None)
        self._target = entry.target

    def make_context(
        self, info_name: Any, args: list[str], parent: Any = None, **extra: Any
    ) -> Any:
        """The real command takes over from here."""
        real: Any = typer.main.get_command(load(self._target))
        gc.enable()  # see ldfleet/__main__.py
        return real.make_context(info_name, args, parent, **extra)


class Root(TyperGroup):
    """Knows all commands, and makes an exit code of every failure."""

    def __init__(self, **attrs: Any) -> None:
        super().__init__(**attrs)
        for name, entry in COMMANDS.items():
            self.add_command(Deferred(name, entry))
            for alias in entry.aliases:
                self.add_command(Deferred(alias, entry, hidden=True))

    def invoke(self, ctx: Any) -> Any:
        """Run the command; a failure is told on standard error."""
        try:
            return super().invoke(ctx)
        except FleetError as error:
            tell = load("ldfleet.cli.output:tell_failure")
            raise typer.Exit(tell(error, ctx.meta)) from error


app = typer.Typer(
    cls=Root,
    no_args_is_help=True,
    invoke_without_command=True,
    help="Run a fleet of LDPlayer emulators spread over many Windows PCs.",
    epilog=epilog(
        "ldfleet demo                               a simulated farm to try everything on",
        "ldfleet serve                              your own server; it says how to make an admin",
        "export LDFLEET_URL=http://127.0.0.1:8080   where the server is (this is the default)",
        "ldfleet login                              asks for name and password",
        "export LDFLEET_TOKEN=ldf_…                 or a token: ldfleet tokens create",
        "ldfleet workstations add pc-01 10.0.0.5 --username farm --certificate-sha256 4f:0a:…",
        "ldfleet workstations test pc-01",
        "ldfleet emulators list",
        "ldfleet emulators launch em_01j…           waits until its Android is ready",
    ),
    **WITH_COMPLETION,
)


@app.callback()
def root(
    *,
    ctx: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Show the version.")] = False,
    profile: Annotated[
        str | None,
        typer.Option(
            "--profile",
            metavar="NAME",
            help="Ask this server of `ldfleet config profiles`, with the login kept for it.",
        ),
    ] = None,
    output_format: Annotated[
        str | None, typer.Option("--output", "-o", hidden=True, help="Of --version: json.")
    ] = None,
) -> None:
    if version:
        told = {"version": ldfleet.__version__}
        as_json = output_format in {"json", "ndjson"}
        typer.echo(json.dumps(told) if as_json else f"ldfleet {ldfleet.__version__}")
        raise typer.Exit
    if output_format is not None:
        raise typer.BadParameter("-o stands behind the command", ctx=ctx)
    if profile is not None:
        # The two are about another server: its token must not be sent to this one.
        for name in ("LDFLEET_URL", "LDFLEET_TOKEN"):
            os.environ.pop(name, None)
        os.environ["LDFLEET_PROFILE"] = profile
    if ctx.invoked_subcommand is None:
        typer.echo(ctx.get_help())
