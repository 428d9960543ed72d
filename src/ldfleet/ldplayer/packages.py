"""What Android's package manager and `installapp` print."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from ldfleet.domain.app import InstalledApp
from ldfleet.ldplayer.text import NotUnderstood, excerpt

_ROW = re.compile(r"package:(?:(?P<path>.+)=)?(?P<name>[A-Za-z][\w.]*)")
_FAILURE = re.compile(r"\b(?:INSTALL|INSTALL_PARSE)_FAILED_[A-Z_]+\b")
_ADB_FAILURE = re.compile(r"(?:adb: |Failure |Error: )[^\n]+")
_PACKAGE = re.compile(r"^  Package \[([A-Za-z][\w.]*)\]")
_VERSION = re.compile(r"^\s+versionName=(.+?)\s*$")
_VERSION_CODE = re.compile(r"^\s+versionCode=(\d{1,19})\b")
_FLAGS = re.compile(r"^\s+(?:pkgF|f)lags=\[(.*)\]")
_REPLACED = "Hidden system packages:"
"""What follows was delivered with Android and has been updated: it is told of above, too."""
INVENTORY = (
    "dumpsys package packages"
    " | grep -E '^  Package |^Hidden |^ +version(Code|Name)=|^ +(pkgF|f)lags='"
)
"""Half a megabyte and more without the `grep`."""
_NO_PROGRAM = re.compile(r"pidof: .*(?:not found|inaccessible)")


def read_packages(text: str) -> Mapping[str, str]:
    """Package to the place of its file, from `pm list packages -f`; that moves with an install."""
    rows = (_ROW.fullmatch(line.strip()) for line in text.splitlines())
    return {row["name"]: row["path"] or "" for row in rows if row is not None}


def read_inventory(raw: bytes) -> Sequence[InstalledApp]:
    """What is installed, by package, from `INVENTORY`.

    Raises:
        NotUnderstood: no package is named, and no Android is without any.
    """
    found: dict[str, InstalledApp] = {}
    package = ""
    for line in _told_once(raw):
        if named := _PACKAGE.match(line):
            package = named[1]
            found[package] = InstalledApp(package=package)
        elif package:
            found[package] = _with(found[package], line)
    if not found:
        raise NotUnderstood(f"it named no package, but {excerpt(raw)}")
    return sorted(found.values(), key=lambda app: app.package)


def version_of(package: str, text: str) -> InstalledApp:
    """What `dumpsys package NAME` tells of one app; without versions where it tells none."""
    try:
        found = {app.package: app for app in read_inventory(text.encode())}
    except NotUnderstood:
        found = {}
    return found.get(package, InstalledApp(package=package))


def _told_once(raw: bytes) -> Iterator[str]:
    for line in raw.decode(errors="replace").splitlines():
        if line.strip() == _REPLACED:
            return
        yield line


def _with(app: InstalledApp, line: str) -> InstalledApp:
    if version := _VERSION.match(line):
        return replace(app, version=None if version[1] == "null" else version[1])
    if code := _VERSION_CODE.match(line):
        return replace(app, version_code=int(code[1]))
    if flags := _FLAGS.match(line):
        return replace(app, system=app.system or "SYSTEM" in flags[1].split())
    return app


def install_failure(text: str) -> str | None:
    """Android's own word for why an app was refused, or None where nothing was said of it."""
    if named := _FAILURE.search(text):
        return named[0]
    told = _ADB_FAILURE.search(text)
    return None if told is None else told[0].strip()


def read_pid(text: str) -> int | None:
    """The first process of `pidof`, 0 where there is none; None: this Android can't tell."""
    if _NO_PROGRAM.search(text):
        return None
    first = text.split(maxsplit=1)
    return int(first[0]) if first and first[0].isdigit() else 0
