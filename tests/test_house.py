"""The house's own rules, where no linter knows them."""

import ast
import functools
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from ldfleet import errors, settings

ROOT = Path(__file__).parent.parent
SOURCE = sorted(
    path for path in (ROOT / "src/ldfleet").rglob("*.py") if "versions" not in path.parts
)
CATALOGUES = {"commands.py", "errors.py", "ports.py"}  # read by searching, so they may be long
GROUPS = {kind.__mro__[1] for kind in errors.catalogue().values()}
MADE_BY_LOAD = errors.UnknownFailure
SPECIFIC = sorted(
    kind.__name__
    for kind in errors.catalogue().values()
    if kind not in GROUPS and kind is not MADE_BY_LOAD
)


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
    )
    return [ROOT / name for name in listed.stdout.split("\0") if name]


@functools.cache
def text_of(folder: str) -> str:
    files = (p for p in sorted((ROOT / folder).rglob("*.py")) if p.name != "errors.py")
    return "\n".join(path.read_text() for path in files)


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


@pytest.mark.parametrize("name", SPECIFIC)
def test_every_error_is_raised_and_tested(name: str) -> None:
    code = errors.__dict__[name].code

    assert f"errors.{name}" in text_of("src/ldfleet"), f"nothing raises {name}"
    assert name in text_of("tests") or f'"{code}"' in text_of("tests"), f"no test meets {name}"


def test_no_file_is_longer_than_500_lines() -> None:
    long = {p.name for p in SOURCE if len(p.read_text().splitlines()) > 500}

    assert long - CATALOGUES == set()


def test_no_function_is_longer_than_60_lines() -> None:
    long = [
        f"{path.name}:{node.lineno} {node.name}"
        for path in SOURCE
        for node in functions(path)
        if (node.end_lineno or 0) - node.lineno > 60
    ]

    assert long == []


def test_no_file_names_a_package_registry() -> None:
    hosts = [
        b"pypi" + b".org",
        b"python" + b"hosted.org",
        b"npm" + b"js.org",
        b"deb.debian" + b".org",
    ]

    naming = [
        path.name
        for path in tracked()
        if path.is_file()
        for host in hosts
        if host in path.read_bytes()
    ]

    assert naming == []


@pytest.mark.parametrize("name", sorted(settings.Settings.model_fields))
def test_every_setting_is_documented(name: str) -> None:
    page = (ROOT / "docs/reference/settings.md").read_text()

    assert f"`{settings.PREFIX}{name.upper()}`" in page


def test_every_script_has_its_header_and_its_contract() -> None:
    contract = (ROOT / "docs/reference/scripts.md").read_text()
    scripts = sorted((ROOT / "src/ldfleet/transports/scripts").glob("*.ps1"))

    assert [script.stem for script in scripts] == [
        "checksum",
        "desktop",
        "end",
        "files",
        "plan",
        "prepare",
        "run",
        "undo",
        "wmi",
    ]
    for script in scripts:
        assert script.read_text().startswith(f"# ldfleet:{script.stem} v")
        assert f"## `{script.stem}` v" in contract
