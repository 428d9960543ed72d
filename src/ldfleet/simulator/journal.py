"""What really happened on the simulated machines: the log that chaos tests judge us by."""

import json
from collections import deque
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

KEPT = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One fact: a process that started, or a command that reached ldconsole and what it did."""

    number: int
    at: float
    workstation: str
    kind: str
    """`process` when one started; `ldconsole` when a command is over; `action` or `fault` from
    outside."""
    session: int
    user: str
    pid: int
    argv: Sequence[str]
    exit_code: int | None
    effect: str
    """`started`; or launched, ignored, refused, read, `created 3`, terminated …"""
    index: int | None = None
    install: str = ""
    job: str = ""
    """The desktop job that started it."""


class Journal:
    """Append-only. Memory keeps the newest entries, the file all of them."""

    def __init__(self, file: Path | None = None) -> None:
        self._entries: deque[Entry] = deque(maxlen=KEPT)
        self._number = 0
        self._stream: IO[str] | None = file.open("a", encoding="utf-8") if file else None

    def write(
        self,
        *,
        at: float,
        workstation: str,
        kind: str,
        session: int,
        user: str,
        pid: int,
        argv: Sequence[str],
        effect: str,
        exit_code: int | None = None,
        index: int | None = None,
        install: str = "",
        job: str = "",
    ) -> None:
        self._number += 1
        entry = Entry(
            number=self._number,
            at=round(at, 3),
            workstation=workstation,
            kind=kind,
            session=session,
            user=user,
            pid=pid,
            argv=tuple(argv),
            exit_code=exit_code,
            effect=effect,
            index=index,
            install=install,
            job=job,
        )
        self._entries.append(entry)
        if self._stream is not None:
            self._stream.write(json.dumps(asdict(entry), ensure_ascii=False) + "\n")
            self._stream.flush()

    def after(self, number: int = 0, *, workstation: str | None = None) -> list[Entry]:
        """The entries behind that number, oldest first."""
        newest_first: list[Entry] = []
        for entry in reversed(self._entries):
            if entry.number <= number:
                break
            if workstation is None or entry.workstation == workstation:
                newest_first.append(entry)
        return newest_first[::-1]

    def close(self) -> None:
        if self._stream is not None:
            self._stream.close()
