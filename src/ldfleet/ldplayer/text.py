"""Bytes that LDPlayer printed, as text and lines (ldconsole.md 4)."""

import re

from ldfleet.domain.process import ProcessResult

_LINE_END = re.compile(rb"\r*\n")  # LDPlayer 4's adb ends lines \r\r\n (ldconsole.md 4)
_EXCERPT = 60


class NotUnderstood(Exception):
    """What LDPlayer printed or wrote can't be read.

    Not a FleetError: this room knows neither the workstation nor the file. The workflows
    translate it to LDPlayerSaidNonsense (an output) or ConfigFileUnreadable (a file).
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NoSuchPlayer(NotUnderstood):
    """`player don't exist!`: no instance has this index (ldconsole.md 4). Nothing was done.

    Where the instance was known, the workflows make EmulatorGone of it.
    """


def decode(raw: bytes, *, ansi: str) -> str:
    """UTF-8, else GBK, else the workstation's ANSI page; never fails (ldconsole.md 4).

    Text of another page can pass for GBK, so a name is only sure from the config file.
    """
    for encoding in ("utf-8", "gbk"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode(ansi, errors="replace")


def lines(raw: bytes) -> list[bytes]:
    r"""The lines that are not blank.

    Cutting bytes is safe: in GBK and UTF-8 no second byte is `\n`, `\r` or a comma.
    """
    return [line for line in _LINE_END.split(raw) if line.strip()]


def one_newline(raw: bytes) -> bytes:
    r"""The same with `\n` for every line end."""
    return _LINE_END.sub(b"\n", raw)


def excerpt(raw: bytes) -> str:
    """The beginning, fit for a sentence."""
    shown = repr(raw[:_EXCERPT]).removeprefix("b")
    return shown + ("…" if len(raw) > _EXCERPT else "")


def check_refusal(result: ProcessResult) -> None:
    """Raises NoSuchPlayer or NotUnderstood where ldconsole refused; both mean: nothing was done."""
    if result.stdout.strip() == b"player don't exist!":
        raise NoSuchPlayer("there is no instance with this index")
    if any(line.strip().startswith(b"Commands :") for line in lines(result.stdout)):
        raise NotUnderstood("it answered with its usage page, so it does not know the command")
