"""What runs here instead of asking a server: serve, worker, demo, migrate, backup, vault."""

from pathlib import Path
from typing import Annotated, Any

import typer

from ldfleet.cli.commands import epilog, group, single
from ldfleet.cli.loading import load

serve = single()
worker = single()
demo = single()
simulate = single()
migrate = single()
backup = single()
restore = single()
vault = group(
    "The key that the PCs' stored passwords are sealed with.",
    "ldfleet vault rotate",
)

Workstations = Annotated[int, typer.Option(min=1, max=2000, help="Simulated PCs.")]
Emulators = Annotated[int, typer.Option(min=0, max=500, help="Emulators on each.")]
Seed = Annotated[int, typer.Option(help="The same seed makes the same farm.")]
TimeScale = Annotated[
    float, typer.Option(min=0.1, max=1000, help="Simulated seconds for each real one.")
]


@serve.command(epilog=epilog("ldfleet serve --host 0.0.0.0 --port 8080"))
def run_server(
    *,
    host: Annotated[
        str | None, typer.Option(help="The address to listen on. Default: LDFLEET_HOST.")
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="Default: LDFLEET_PORT, else 8080; 0: any free one."),
    ] = None,
) -> None:
    """Run the server. While there is no account it prints a token for `ldfleet setup`.

    Settings come from variables LDFLEET_… and the file .env.
    """
    load("ldfleet.bootstrap.serving:serve")(host, port)


@worker.command(epilog=epilog("ldfleet worker --site berlin --concurrency 50 --metrics 9101"))
def run_worker(
    *,
    site: Annotated[
        list[str], typer.Option(help="Whose workstations it works on; may be given repeatedly.")
    ],
    concurrency: Annotated[
        int, typer.Option(min=1, max=1000, help="Operations at once in this process.")
    ] = 100,
    grace: Annotated[
        float, typer.Option(min=0, help="Seconds that what runs has to end after SIGTERM.")
    ] = 60.0,
    metrics: Annotated[
        str | None,
        typer.Option(
            metavar="[HOST:]PORT",
            help="Tell Prometheus of this process there, at /metrics; on loopback without a host.",
        ),
    ] = None,
) -> None:
    """Run operations of the workstations of some sites, and watch these, until SIGTERM.

    Needs PostgreSQL, and the settings of the server: LDFLEET_DATABASE_URL, the vault's key file.
    """
    load("ldfleet.bootstrap.worker:work")(
        sites=site, concurrency=concurrency, grace=grace, metrics=metrics
    )


@demo.command(epilog=epilog("ldfleet demo --workstations 8 --emulators 12 --ready-file demo.json"))
def run_demo(
    *,
    workstations: Workstations = 8,
    emulators: Emulators = 12,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0: any free one.")] = 8080,
    ready_file: Annotated[
        Path | None,
        typer.Option(help="Write url, token and simulator_control there (JSON) once ready."),
    ] = None,
    seed: Seed = 1,
    time_scale: TimeScale = 4.0,
    launch: Annotated[
        bool, typer.Option("--launch", help="Launch one emulator at once, and tell how it goes.")
    ] = False,
) -> None:
    """Run simulated workstations and a server over them, on a database that is thrown away."""
    load("ldfleet.bootstrap.farm:demo")(
        workstations=workstations,
        emulators=emulators,
        host=host,
        port=port,
        ready_file=ready_file,
        seed=seed,
        time_scale=time_scale,
        launch=launch,
    )


@simulate.command(epilog=epilog("ldfleet simulate --workstations 200 --inventory-file farm.json"))
def run_simulator(
    *,
    workstations: Workstations = 8,
    emulators: Emulators = 12,
    inventory_file: Annotated[
        Path | None, typer.Option(help="Write how each one is reached there (JSON).")
    ] = None,
    control_port: Annotated[
        int, typer.Option(min=0, max=65535, help="Faults are switched there; 0: any free one.")
    ] = 0,
    seed: Seed = 1,
    time_scale: TimeScale = 1.0,
    journal_file: Annotated[
        Path | None, typer.Option(help="Write every command that was run there (JSON lines).")
    ] = None,
) -> None:
    """Run simulated workstations alone: real WinRM and SSH on loopback, for tests and training."""
    load("ldfleet.bootstrap.farm:simulate")(
        workstations=workstations,
        emulators=emulators,
        inventory_file=inventory_file,
        control_port=control_port,
        seed=seed,
        time_scale=time_scale,
        journal_file=journal_file,
    )


@migrate.command()
def run_migrations() -> None:
    """Bring the database to the schema of this version; safe to repeat."""
    revision: str = load("ldfleet.bootstrap.serving:migrate")()
    typer.echo(revision)


@backup.command(epilog=epilog("ldfleet backup /mnt/backups/ldfleet-$(date +%F).db"))
def run_backup(
    *, file: Annotated[Path, typer.Argument(help="A file that is not there yet.")]
) -> None:
    """Copy the manager's database to a file, while the server goes on.

    For SQLite; PostgreSQL has pg_dump. The vault's key is not in it: without that key file nobody
    can read the stored passwords of the PCs, so keep a copy of it in another place.
    """
    kept: Any = load("ldfleet.bootstrap.keeping:back_up")(file)
    typer.echo(kept.file)
    typer.echo(f"The vault's key is not in it. Keep it elsewhere: {kept.vault_key_file}", err=True)


@restore.command(
    epilog=epilog(
        "ldfleet restore /mnt/backups/ldfleet-2026-11-22.db",
        "pg_restore … && ldfleet restore --yes    PostgreSQL: settle what pg_restore brought back",
    )
)
def run_restore(
    *,
    file: Annotated[
        Path | None, typer.Argument(help="A file of ldfleet backup; none on PostgreSQL.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Don't ask.")] = False,
) -> None:
    """Bring a backup into service where there is no database yet.

    What waited or ran when it was taken is ended, schedules are paused, everybody has to sign in
    again: nothing starts by itself days later. Put the vault's key file back first.
    """
    if file is None and not yes:
        typer.confirm("End all operations and sessions in the PostgreSQL database?", abort=True)
    restored: Any = load("ldfleet.bootstrap.keeping:restore")(file)
    settled = restored.settled
    typer.echo(
        f"Restored. {settled.cancelled} waiting operations were cancelled, {settled.lost} running "
        f"ones are lost, {settled.signed_out} sessions ended."
    )
    if settled.paused:
        typer.echo(f"{settled.paused} schedules are paused. Then: ldfleet schedules resume")
    if restored.unreadable:
        typer.echo(
            f"The key in {restored.vault_key_file} does not open the credentials of "
            f"{', '.join(restored.unreadable)}. Put the right file there, or set them again: "
            "ldfleet workstations edit."
        )


@vault.callback()
def of_the_vault() -> None:
    """With it Typer keeps the verb, of which there is one so far."""


@vault.command("rotate", epilog=epilog("ldfleet vault rotate"))
def rotate_vault_key() -> None:
    """Seal all stored credentials with a new key.

    Run it where the server runs, with its settings; the server goes on. The older keys stay in
    the key file: backups of the database from before need them. Workers on other machines have
    a copy of that file: stop them first, and start them with the new one.
    """
    rotated: Any = load("ldfleet.bootstrap.keeping:rotate_vault_key")()
    typer.echo(f"The credentials of {rotated.sealed} workstations are sealed with a new key.")
    typer.echo(
        f"Copy the key file anew, apart from the database: {rotated.vault_key_file}", err=True
    )
