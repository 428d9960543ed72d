"""The help is the manual, and it is quick."""

import subprocess
import sys

import pytest

from ldfleet.cli.main import COMMANDS
from support.commandline import run

NOUNS = {
    "workstations": (
        [
            *("list", "show", "info", "add", "edit", "remove", "test", "scan", "hold", "release"),
            *("global-settings", "sort-windows", "quit-all"),
        ],
        "workstations test pc-01",
    ),
    "emulators": (
        [
            *("list", "show", "operations", "launch", "quit", "reboot", "rename", "modify"),
            *("create", "clone", "remove", "backup", "restore", "install", "uninstall"),
            *("run", "kill", "adb", "setprop", "locate"),
        ],
        "emulators launch em_01j",
    ),
    "operations": (
        ["list", "show", "watch", "cancel", "retry", "stats", "cleanup", "log"],
        "operations watch op_01j",
    ),
    "profiles": (
        ["list", "show", "add", "edit", "remove", "export", "import"],
        "profiles export phone",
    ),
    "schedules": (
        ["list", "show", "add", "edit", "remove", "run", "pause", "resume"],
        "schedules run nightly",
    ),
}


def test_help_loads_nothing_that_takes_long() -> None:
    program = (
        "import sys\n"
        "from ldfleet.cli.main import app\n"
        "try:\n    app(['--help'], prog_name='ldfleet')\n"
        "finally:\n    print(*sorted(sys.modules), file=sys.stderr)"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    slow = {"httpx", "pydantic", "rich", "fastapi", "sqlalchemy", "asyncio", "uvicorn"}
    assert not slow & set(done.stderr.split())
    assert "emulators" in done.stdout


def test_a_noun_brings_neither_the_other_nouns_nor_the_tables_nor_the_network() -> None:
    program = (
        "import sys, ldfleet.__main__, ldfleet.cli.emulators as noun\n"
        "print(noun.EmulatorFilter.__pydantic_complete__, *sys.modules)"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    built, *modules = done.stdout.split()
    others = {"rich", "ldfleet.wire.schedules", "ldfleet.wire.batches", "ldfleet.domain.problem"}
    network = {"httpx", "ssl", "asyncio", "ldfleet.client.client", "ldfleet.wire.accounts"}
    assert "ldfleet.wire.emulators" in modules
    assert not (others | network) & set(modules)
    assert built == "False"  # what a schema is made of takes as long as the imports


def test_the_help_names_every_command_and_shows_the_way() -> None:
    done = run("--help")

    assert done.exit_code == 0
    assert all(f"\n  {name} " in done.stdout for name in COMMANDS)
    for way in ("ldfleet demo", "LDFLEET_TOKEN", "workstations add", "emulators launch"):
        assert way in done.stdout


@pytest.mark.parametrize("name", [*COMMANDS, "workstation", "emulator", "operation"])
def test_every_command_has_help(name: str) -> None:
    done = run(name, "--help")

    assert done.exit_code == 0
    assert f"Usage: ldfleet {name}" in done.stdout


@pytest.mark.parametrize(
    ("noun", "verb"), [(noun, verb) for noun, (verbs, _) in NOUNS.items() for verb in verbs]
)
def test_every_verb_has_help(noun: str, verb: str) -> None:
    done = run(noun, verb, "-h")

    assert done.exit_code == 0
    assert f"Usage: ldfleet {noun} {verb}" in done.stdout


@pytest.mark.parametrize("noun", NOUNS)
def test_a_noun_alone_shows_its_verbs_and_examples(noun: str) -> None:
    verbs, example = NOUNS[noun]

    done = run(noun)

    assert all(f"\n  {verb} " in done.output for verb in verbs)
    assert example in done.output


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_no_summary_of_a_verb_is_cut(name: str) -> None:
    told = run(*name.split(), "--help").stdout.partition("\nCommands:\n")[2]

    assert "...\n" not in told


@pytest.mark.parametrize("name", COMMANDS)
def test_the_options_of_every_example_are_there(name: str) -> None:
    for line in run(name, "--help").stdout.splitlines():
        if not line.startswith("    ldfleet "):
            continue
        words = line.partition("|")[0].split()[1:]
        path = words[: 2 if COMMANDS[words[0]].target.endswith(":app") else 1]
        known = run(*path, "--help").stdout
        assert all(word.partition("=")[0] in known for word in words if word.startswith("--"))


@pytest.mark.parametrize("alias", ["start", "stop"])
def test_aliases_work_without_being_shown(alias: str) -> None:
    assert f"\n  {alias} " not in run("emulators").output
    assert run("emulator", alias, "--help").exit_code == 0


def test_the_version_is_told() -> None:
    done = run("--version")

    assert (done.exit_code, done.stdout) == (0, "ldfleet 0.1.0\n")


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["emulators", "nonsense"],
        ["emulators", "launch"],
        ["emulators", "list", "--nonsense"],
        ["emulators", "list", "-o", "xml"],
        ["emulators", "list", "--limit", "0"],
        ["emulators", "list", "--status", "asleep"],
        ["emulators", "launch", "em_1", "--timeout", "soon"],
        ["demo", "--workstations", "0"],
        ["serve", "--port", "70000"],
    ],
    ids=" ".join,
)
def test_wrong_usage_exits_2_and_says_why(arguments: list[str]) -> None:
    done = run(*arguments)

    assert done.exit_code == 2
    assert done.stdout == ""
    assert "Usage: ldfleet" in done.stderr


def test_a_mistyped_command_is_guessed() -> None:
    assert "Did you mean 'emulators'" in run("emulatrs").stderr


@pytest.mark.parametrize("option", ["--token", "--password"])
def test_no_secret_is_taken_as_an_argument(option: str) -> None:
    done = run("workstations", "add", "pc", "host", option, "hunter2")

    assert done.exit_code == 2
    assert "hunter2" not in done.stderr
