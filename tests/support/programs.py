"""`ldfleet …` as a process of its own, as a user runs it; always ended, by pid."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

PATIENCE = 60.0  # seconds until a program must have done what is waited for


class Program:
    """A running `ldfleet` command with its output in files under `folder`."""

    def __init__(
        self, arguments: Sequence[str], *, folder: Path, environment: Mapping[str, str]
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.arguments = list(arguments)
        self.environment = dict(environment)
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *exc_info: object) -> None:
        self.end(signal.SIGTERM)

    def start(self) -> Self:
        with (
            (self.folder / "stdout").open("ab") as stdout,
            (self.folder / "stderr").open("ab") as stderr,
        ):
            self._process = subprocess.Popen(
                [sys.executable, "-m", "ldfleet", *self.arguments],
                stdout=stdout,
                stderr=stderr,
                stdin=subprocess.DEVNULL,
                cwd=self.folder,
                env=clean_environment() | self.environment,
            )
        return self

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def send(self, which: signal.Signals) -> None:
        """Send it a signal and go on."""
        assert self._process is not None
        self._process.send_signal(which)

    def end(self, how: signal.Signals) -> int:
        """Send it a signal and wait for its end; gives its exit code."""
        process = self._process
        assert process is not None
        if process.poll() is None:
            process.send_signal(how)
        return self.ended()

    def ended(self) -> int:
        """Wait for its end; gives its exit code."""
        process = self._process
        assert process is not None
        try:
            return process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise AssertionError(f"{self.arguments[0]} did not end:\n{self.told()}") from None

    def told(self) -> str:
        return "".join(
            (self.folder / name).read_text("utf-8", "replace") for name in ("stdout", "stderr")
        )

    def wait_for_file(self, path: Path) -> Any:
        """The JSON content of a file that the program writes once it is ready."""
        self._wait(path.exists, f"writing {path.name}")
        return json.loads(path.read_text())

    def wait_for_words(self, words: str) -> str:
        """The first line of its output with these words."""
        self._wait(lambda: words in self.told(), f"saying {words!r}")
        return next(line for line in self.told().splitlines() if words in line)

    def _wait(self, ready: Any, what: str) -> None:
        assert self._process is not None
        until = time.monotonic() + PATIENCE
        while not ready():
            ended = self._process.poll()
            assert ended is None, f"it ended with {ended} before {what}:\n{self.told()}"
            assert time.monotonic() < until, f"no {what} within {PATIENCE} s:\n{self.told()}"
            time.sleep(0.05)


def clean_environment() -> dict[str, str]:
    """This process's environment without anything of ldfleet in it."""
    return {k: v for k, v in os.environ.items() if not k.startswith("LDFLEET_")}


def ldfleet(
    *arguments: str, environment: Mapping[str, str], stdin: str = "", timeout: float = PATIENCE
) -> subprocess.CompletedProcess[str]:
    """Run an `ldfleet` command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "ldfleet", *arguments],
        capture_output=True,
        text=True,
        input=stdin,
        timeout=timeout,
        env=clean_environment() | dict(environment),
        check=False,
    )
