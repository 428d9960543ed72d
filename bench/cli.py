"""How long the command line takes to start, beside the same imports alone.

    make bench NAME=cli

The baseline imports the libraries that a command needs (httpx, pydantic, rich, typer) and does
nothing. Each figure is the shortest of several runs: what else the machine does only adds.
`list` is a whole command: its answer comes from a server of the bench that has it ready.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

RUNS = 10
LIMIT = 0.4  # seconds (conventions.md 2.3)
BASELINE = [sys.executable, "-c", "import httpx, pydantic, rich.table, typer"]
COMMANDS: dict[str, Sequence[str]] = {
    "help": ["--help"],
    "version": ["--version"],
    "noun": ["emulators", "--help"],
    "refused": ["emulators", "list", "--limit", "0"],
    "list": ["emulators", "list"],
}


class Empty(BaseHTTPRequestHandler):
    """Every list is there at once, and nothing is in it."""

    def do_GET(self) -> None:
        page = b'{"items":[],"next_cursor":null}'
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Not a word."""


def seconds(argv: Sequence[str], environment: Mapping[str, str]) -> float:
    """The shortest of several runs."""
    taken: list[float] = []
    for _ in range(RUNS):
        start = time.perf_counter()
        subprocess.run(argv, env={**os.environ, **environment}, capture_output=True, check=False)
        taken.append(time.perf_counter() - start)
    return min(taken)


def main() -> None:
    """Measure, and end with one line of JSON."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Empty) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        there = {"LDFLEET_URL": url, "LDFLEET_TOKEN": "ldf_none", "HOME": "/nonexistent"}
        baseline = seconds(BASELINE, there)
        figures = {
            name: seconds([sys.executable, "-m", "ldfleet", *words], there)
            for name, words in COMMANDS.items()
        }
        server.shutdown()
    for name, figure in figures.items():
        print(f"{name}: {figure:.3f} s, {figure / baseline:.2f} times the bare imports")
    told = {"bench": "cli", "baseline_s": round(baseline, 3), "limit_s": LIMIT}
    print(json.dumps(told | {f"{name}_s": round(figure, 3) for name, figure in figures.items()}))


if __name__ == "__main__":
    main()
