"""The end of a process that was asked to end."""

import signal
import subprocess
import sys

HANGS = """
import signal, threading
from ldfleet.bootstrap.ending import ending_on

def forgotten():
    threading.Event().wait()

with ending_on(lambda: print("asked", flush=True), within=0.5):
    signal.raise_signal(signal.SIGTERM)
threading.Thread(target=forgotten).start()
"""


def test_what_hangs_at_the_end_is_shown_and_cut_off() -> None:
    done = subprocess.run(
        [sys.executable, "-c", HANGS], capture_output=True, text=True, timeout=60, check=False
    )

    assert (done.returncode, done.stdout) == (1, "asked\n")
    assert "in forgotten" in done.stderr


def test_a_second_signal_does_not_wait() -> None:
    twice = HANGS + "\nsignal.raise_signal(signal.SIGTERM)\n"

    done = subprocess.run(
        [sys.executable, "-c", twice.replace("0.5", "60")], timeout=50, check=False
    )

    assert done.returncode == -signal.SIGTERM
