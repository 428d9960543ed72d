"""How long the command line takes to start, beside the same imports alone.

    make bench NAME=cli

The baseline imports the libraries that a command needs (httpx, pydantic, rich, typer) and does
nothing. Each figure is the shortest of several runs: what else the machine does only adds.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence

RUNS = 10
LIMIT = 0.4  # seconds (conventions.md 2.3)
NOWHERE = {"LDFLEET_URL": "http://127.0.0.1:9", "LDFLEET_TOKEN": "ldf_none", "HOME": "/nonexistent"}
BASELINE = [sys.executable, "-c", "import httpx, pydantic, rich.table, typer"]
COMMANDS: dict[str, Sequence[str]] = {
    "help": ["--help"],
    "version": ["--version"],
    "noun": ["emulators", "--help"],
    "refused": ["emulators", "list", "--limit", "0"],
}


def seconds(argv: Sequence[str]) -> float:
    """The shortest of several runs."""
    taken: list[float] = []
    for _ in range(RUNS):
        start = time.perf_counter()
        subprocess.run(argv, env={**os.environ, **NOWHERE}, capture_output=True, check=False)
        taken.append(time.perf_counter() - start)
    return min(taken)


def main() -> None:
    """Measure, and end with one line of JSON."""
    baseline = seconds(BASELINE)
    figures = {
        name: seconds([sys.executable, "-m", "ldfleet", *words]) for name, words in COMMANDS.items()
    }
    for name, figure in figures.items():
        print(f"{name}: {figure:.3f} s, {figure / baseline:.2f} times the bare imports")
    told = {"bench": "cli", "baseline_s": round(baseline, 3), "limit_s": LIMIT}
    print(json.dumps(told | {f"{name}_s": round(figure, 3) for name, figure in figures.items()}))


if __name__ == "__main__":
    main()
