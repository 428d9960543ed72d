"""Any program as a process of its own, its output in files; always ended, by pid."""

import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

PATIENCE = 60.0


class Process:
    """A command line with its environment, and nothing else of this process's."""

    def __init__(
        self, argv: Sequence[str], *, environment: Mapping[str, str], folder: Path
    ) -> None:
        folder.mkdir(parents=True)
        self._argv = list(argv)
        self._environment = dict(environment)
        self._told = folder / "told"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        with self._told.open("wb") as told:
            self._process = subprocess.Popen(
                self._argv,
                stdout=told,
                stderr=told,
                stdin=subprocess.DEVNULL,
                cwd="/",
                env=self._environment,
            )
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.terminate()

    def run(self) -> int:
        """To its end; gives its exit code."""
        assert self.__enter__()._process is not None
        return self._process_.wait(PATIENCE)

    def terminate(self) -> int:
        """Ask it to end, and wait; gives its exit code."""
        if self._process_.poll() is None:
            self._process_.send_signal(signal.SIGTERM)
        try:
            return self._process_.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._process_.kill()
            self._process_.wait()
            raise AssertionError(f"it did not end:\n{self.told()}") from None

    def told(self) -> str:
        """All that it said."""
        return self._told.read_text("utf-8", "replace")

    def wait_for_words(self, words: str) -> str:
        """The first line with these words."""
        until = time.monotonic() + PATIENCE
        while words not in self.told():
            assert self._process_.poll() is None, f"it ended:\n{self.told()}"
            assert time.monotonic() < until, f"no {words!r}:\n{self.told()}"
            time.sleep(0.05)
        return next(line for line in self.told().splitlines() if words in line)

    @property
    def _process_(self) -> "subprocess.Popen[bytes]":
        assert self._process is not None
        return self._process
