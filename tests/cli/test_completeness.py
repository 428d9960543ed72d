"""What the client can ask, the command line can ask."""

import importlib
import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import get_origin

import pytest

import ldfleet.client
from ldfleet.client.calls import Call
from support.commandline import run

COMMANDS: Mapping[str, Mapping[str, str]] = {
    "apps": {
        "page": "apps list",
        "get": "apps show",
        "upload": "apps upload",
        "emulators": "apps emulators",
        "remove": "apps remove",
    },
    "audit": {"page": "audit list"},
    "auth": {
        "setup": "setup",
        "login": "login",
        "refresh": "login",
        "logout": "logout",
        "me": "whoami",
        "change_password": "password",
        "sessions": "sessions list",
        "end_session": "sessions revoke",
        "end_other_sessions": "sessions revoke --others",
    },
    "backups": {
        "page": "backups list",
        "get": "backups show",
        "load_history": "workstations load",
    },
    "batches": {
        "submit": "batches submit",
        "plan": "batches submit --dry-run",
        "page": "batches list",
        "get": "batches show",
        "operations": "batches operations",
        "pause": "batches pause",
        "resume": "batches continue",
        "cancel": "batches cancel",
        "retry": "batches retry",
    },
    "emulators": {
        "page": "emulators list",
        "get": "emulators show",
        "annotate": "emulators edit",
        "operations_of": "emulators operations",
        "config_of": "emulators config",
        "events_of": "emulators events",
        "quit_": "emulators quit",
        "apps": "emulators apps",
        "screenshot": "emulators screenshot",
        "send_input": "input tap",
        **{
            verb: f"emulators {verb}"
            for verb in (
                *("create", "launch", "reboot", "rename", "modify", "clone", "remove"),
                *("backup", "restore", "install", "uninstall", "run", "kill", "locate"),
                *("adb", "setprop"),
            )
        },
    },
    "imports": {"import_workstations": "workstations import"},
    "operations": {
        "page": "operations list",
        "get": "operations show",
        "cancel": "operations cancel",
        "retry": "operations retry",
        "stats": "operations stats",
        "clean_up": "operations cleanup",
        "steps": "operations steps",
        "log": "operations log",
    },
    "problems": {
        "page": "problems list",
        "get": "problems show",
        "acknowledge": "problems acknowledge",
    },
    "profiles": {
        "page": "profiles list",
        "get": "profiles show",
        "add": "profiles add",
        "change": "profiles edit",
        "remove": "profiles remove",
        "export": "profiles export",
        "import_": "profiles import",
    },
    "schedules": {
        "page": "schedules list",
        "get": "schedules show",
        "add": "schedules add",
        "change": "schedules edit",
        "remove": "schedules remove",
        "run": "schedules run",
        "preview": "schedules preview",
        "pause": "schedules pause",
        "paused": "schedules list",
        "resume": "schedules resume",
    },
    "server": {
        "health": "health",
        "settings": "settings",
        "status": "status",
        "version": "status",
    },
    "sites": {
        "page": "sites list",
        "get": "sites show",
        "add": "sites add",
        "change": "sites edit",
        "remove": "sites remove",
    },
    "tokens": {
        "page": "tokens list",
        "create": "tokens create",
        "revoke": "tokens revoke",
    },
    "users": {
        "page": "users list",
        "get": "users show",
        "add": "users add",
        "change": "users edit",
        "remove": "users remove",
    },
    "views": {
        "page": "views list",
        "get": "views show",
        "add": "views add",
        "change": "views edit",
        "remove": "views remove",
    },
    "workstations": {
        "page": "workstations list",
        "get": "workstations show",
        "add": "workstations add",
        "prepare": "workstations prepare",
        "change": "workstations edit",
        "remove": "workstations remove",
        "test": "workstations test",
        "test_draft": "workstations add --dry-run",
        "system_info": "workstations info",
        "scan": "workstations scan",
        "doctor": "doctor",
        "checkup": "doctor --last",
        "bundle": "doctor --bundle",
        "hold": "workstations hold",
        "release": "workstations release",
        "global_settings": "workstations global-settings",
        "sort_windows": "workstations sort-windows",
        "quit_all": "workstations quit-all",
        "console": "workstations console",
        "wall": "workstations wall",
        "wall_picture": "workstations wall",
    },
}


def calls_of(noun: str) -> set[str]:
    module = importlib.import_module(f"ldfleet.client.{noun}")
    return {
        name
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__
        and not name.startswith("_")
        and get_origin(inspect.signature(function).return_annotation) is Call
    }


def test_every_noun_of_the_client_is_compared() -> None:
    folder = Path(ldfleet.client.__file__).parent
    nouns = {path.stem for path in folder.glob("*.py") if path.stem != "__init__"}

    assert {noun for noun in nouns if calls_of(noun)} == set(COMMANDS)


@pytest.mark.parametrize("noun", COMMANDS)
def test_every_call_of_the_client_has_its_command(noun: str) -> None:
    assert calls_of(noun) == set(COMMANDS[noun])


@pytest.mark.parametrize(
    "command", sorted({command for calls in COMMANDS.values() for command in calls.values()})
)
def test_every_such_command_is_there(command: str) -> None:
    words = command.split()
    options = [word for word in words if word.startswith("--")]

    done = run(*(word for word in words if word not in options), "--help")

    assert done.exit_code == 0
    assert all(option in done.stdout for option in options)
