"""What a `list2` over WinRM costs us, beside stock pypsrp and pywinrm, and what sessions weigh.

The simulated workstations run in a process of their own, and so does each mode: its CPU time is
its own. All modes of a run meet the same workstations over sealed HTTP.
"""

import hashlib
import itertools
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).parent.parent
MODES = ROOT / "bench" / "modes" / "list2.py"
REPEATS = 3
ROUNDS = {"ours": 4, "pypsrp": 2, "pywinrm": 1}
READY_S = 120.0

Figures = dict[str, float]


def main() -> None:
    figures: Figures = {"calibration_ms": calibrate()}
    with tempfile.TemporaryDirectory() as folder, simulator(Path(folder)) as stand:
        for part in PARTS:
            figures |= part(stand)
    bounds = {"ratio_to_pypsrp": 0.35, "ratio_to_pywinrm": 0.15, "errors": 0, "rss_1000_mib": 130}
    figures["errors"] += figures["scan_errors"]
    result: dict[str, Any] = {
        "bench": "winrm",
        "figures": {name: round(value, 3) for name, value in figures.items()},
        "bounds": {name: [bound, figures[name] <= bound] for name, bound in bounds.items()},
    }
    print(json.dumps(result))


class Simulator:
    """The simulated workstations' process, and the children that use it."""

    def __init__(self, inventory: Path, process: psutil.Process) -> None:
        self.inventory = inventory
        self._process = process

    def cpu(self) -> float:
        """Seconds it has used so far."""
        times = self._process.cpu_times()
        return times.user + times.system

    def run(self, part: str, *, rounds: int = 1) -> Figures:
        """One mode, in a process of its own."""
        return self.ask(_mode(part, self.inventory, "--rounds", str(rounds)))

    def ask(self, command: Sequence[str]) -> Figures:
        """What a process that uses the workstations prints."""
        before = self.cpu()
        finished = subprocess.run(command, check=True, stdout=subprocess.PIPE, cwd=ROOT)
        figures: Figures = json.loads(finished.stdout)
        figures["simulator_cpu_s"] = self.cpu() - before
        return figures


@contextmanager
def simulator(folder: Path) -> Generator[Simulator]:
    inventory = folder / "inventory.json"
    tell("starting the simulated workstations")
    child = subprocess.Popen(_mode("simulate", inventory), stdin=subprocess.PIPE)
    try:
        until = time.monotonic() + READY_S
        while not inventory.exists():
            if child.poll() is not None or time.monotonic() > until:
                raise RuntimeError("the simulated workstations did not start")
            time.sleep(0.1)
        yield Simulator(inventory, psutil.Process(child.pid))
    finally:
        child.communicate()  # the end of its standard input ends it


def commands(stand: Simulator) -> Figures:
    """CPU milliseconds for a `list2`, the median of several interleaved runs."""
    runs: dict[str, list[Figures]] = {mode: [] for mode in ROUNDS}
    for repeat, mode in itertools.product(range(REPEATS), ROUNDS):
        figures = stand.run(mode, rounds=ROUNDS[mode])
        runs[mode].append(figures)
        tell(
            f"{repeat + 1}/{REPEATS} {mode}: {figures['cpu_ms']:.2f} ms CPU a command, "
            f"{figures['per_s']:.0f} commands/s, {figures['errors']:.0f} errors"
        )
    result: Figures = {"errors": sum(run["errors"] for each in runs.values() for run in each)}
    for mode, each in runs.items():
        for name in ("cpu_ms", "per_s"):
            result[f"{mode}_{name}"] = statistics.median(run[name] for run in each)
    ours = runs["ours"]
    simulated = sum(run["simulator_cpu_s"] for run in ours)
    result["simulator_cpu_share"] = simulated / (simulated + sum(r["total_cpu_s"] for r in ours))
    for other in ("pypsrp", "pywinrm"):
        pairs = zip(ours, runs[other], strict=True)  # of one moment: the box is shared
        ratios = [mine["cpu_ms"] / theirs["cpu_ms"] for mine, theirs in pairs]
        result[f"ratio_to_{other}"] = statistics.median(ratios)
    return result


def sessions(stand: Simulator) -> Figures:
    """What 1,000 live sessions weigh: TCP, login and a remote shell each."""
    result: Figures = {}
    for part, name in (("sessions-tls", "rss_1000_mib"), ("sessions-http", "rss_1000_http_mib")):
        figures = stand.run(part)
        result[name] = figures["rss_mib"]
        result[f"{name.removesuffix('_mib')}_kib_each"] = figures["kib_each"]
        result["sessions_per_s"] = figures["per_s"]
        tell(
            f"{part}: {figures['rss_mib']:.0f} MiB for {figures['sessions']:.0f} sessions, "
            f"{figures['kib_each']:.0f} KiB each, opened {figures['per_s']:.0f}/s"
        )
    return result


def scans(stand: Simulator) -> Figures:
    """A full scan of all workstations, into an empty inventory and then as it is polled."""
    figures = stand.ask([sys.executable, "-m", "bench.modes.scan", str(stand.inventory)])
    for name in ("first", "again"):
        took, cpu = figures[f"{name}_s"], figures[f"{name}_cpu_s"]
        tell(f"{name} scan: {took:.1f} s, {cpu:.1f} s CPU, {figures['errors']:.0f} errors")
    return {f"scan_{name}": value for name, value in figures.items()}


def calibrate() -> float:
    """Milliseconds this box takes for a fixed piece of work, best of five."""
    took: list[float] = []
    for _ in range(5):
        began = time.process_time()
        digest = b""
        for number in range(100_000):
            digest = hashlib.sha256(digest + bytes([number & 255])).digest()
        took.append((time.process_time() - began) * 1000)
    return min(took)


PARTS: Sequence[Callable[[Simulator], Figures]] = (commands, sessions, scans)


def tell(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def _mode(part: str, inventory: Path, *options: str) -> list[str]:
    return [sys.executable, str(MODES), part, str(inventory), *options]


if __name__ == "__main__":
    main()
