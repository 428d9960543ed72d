"""What Android's package manager and `installapp` print."""

import re
from collections.abc import Mapping

_ROW = re.compile(r"package:(?:(?P<path>.+)=)?(?P<name>[A-Za-z][\w.]*)")
_FAILURE = re.compile(r"\b(?:INSTALL|INSTALL_PARSE)_FAILED_[A-Z_]+\b")
_ADB_FAILURE = re.compile(r"(?:adb: |Failure |Error: )[^\n]+")
_NO_PROGRAM = re.compile(r"pidof: .*(?:not found|inaccessible)")


def read_packages(text: str) -> Mapping[str, str]:
    """Package to the place of its file, from `pm list packages -f`; that moves with an install."""
    rows = (_ROW.fullmatch(line.strip()) for line in text.splitlines())
    return {row["name"]: row["path"] or "" for row in rows if row is not None}


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
