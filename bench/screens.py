"""What it costs the server to keep 200 screens on the wall, each renewed every 15 s.

`python bench/screens.py` starts simulated workstations whose emulators show a game (PNGs of over
600 KB), a server that knows them over TLS WinRM and then over SSH, launches all emulators and
looks at the walls as a browser does. Decoding is counted in; the baseline, from the same run, is
a process that has the pictures already and does nothing but make the tiles. The last line is JSON
with the figures and their bounds.
"""

import itertools
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import psutil

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from ldfleet.services.pictures import _tile_of  # pyright: ignore[reportPrivateUsage]  # the baseline: it alone
from ldfleet.simulator.ldplayer.screen import picture
from support.first_admin import first_admin
from support.programs import Program

Figures = dict[str, float]
WORKSTATIONS, EMULATORS = 20, 10
MAX_AGE, LOOK_EVERY = 12.0, 5.0  # so that each is renewed at every third look
SECONDS = 60.0
SETTINGS = {"LDFLEET_PORT": "0", "LDFLEET_POLL_IDLE": "30", "LDFLEET_RATE_LIMIT": "100000"}
WAYS: Mapping[str, Sequence[str]] = {
    "winrm": ("name", "host", "port", "tls", "username", "password", "certificate_sha256"),
    "ssh": ("name", "host", "username", "password", "host_key_sha256"),
}
BOUNDS: Mapping[str, float] = {
    "winrm_cores": 1.0,
    "ssh_cores": 0.7,
    "winrm_mbit_per_s": 20,
    "ssh_mbit_per_s": 20,
    "winrm_renewed_after_p95_s": 16,
    "ssh_renewed_after_p95_s": 16,
}


def main() -> None:
    figures: Figures = {"tile_ms": tile_ms(), "png_kb": len(picture(1280, 720, 1)) / 1000}
    for way in WAYS:
        with tempfile.TemporaryDirectory() as folder, farm(Path(folder), way) as (server, http):
            told = watched(server, http)
        sys.stdout.write(f"{way}: {told}\n")
        figures |= {f"{way}_{name}": value for name, value in told.items()}
        figures[f"{way}_tile_to_bare"] = told["cpu_ms_a_tile"] / figures["tile_ms"]
    bounds = {name: [bound, figures[name] <= bound] for name, bound in BOUNDS.items()}
    rounded = {name: round(value, 3) for name, value in figures.items()}
    print(json.dumps({"bench": "screens", "figures": rounded, "bounds": bounds}))


def tile_ms() -> float:
    """CPU of making a tile of a PNG, and nothing else."""
    shots = [picture(1280, 720, frame) for frame in range(4)]
    began = time.process_time()
    for shot in itertools.islice(itertools.cycle(shots), 40):
        _tile_of(shot)
    return (time.process_time() - began) / 40 * 1000


@contextmanager
def farm(folder: Path, way: str) -> Generator[tuple[psutil.Process, httpx.Client]]:
    """All emulators up, and a client signed in to a server that has seen them."""
    inventory = folder / "inventory.json"
    count = ("--workstations", str(WORKSTATIONS), "--emulators", str(EMULATORS))
    simulate = ["simulate", *count, "--time-scale", "60", "--inventory-file", str(inventory)]
    environment = {**SETTINGS, "HOME": str(folder), "LDFLEET_DATA_DIR": str(folder / "data")}
    with (
        Program(simulate, folder=folder / "simulator", environment=environment) as simulator,
        Program(["serve"], folder=folder / "server", environment=environment) as server,
    ):
        url = server.wait_for_words("ldfleet: http").split()[-1]
        token = first_admin(url, server.wait_for_words("lds_"))
        with httpx.Client(
            base_url=url,
            headers={"Authorization": f"Bearer {token}"},
            timeout=60,
            verify=False,  # noqa: S501 - no TLS here, and loading authorities takes long
        ) as http:
            for item in simulator.wait_for_file(inventory):
                http.post("/api/workstations", json=described(item, way)).raise_for_status()
            until(lambda: counted(http, "") == WORKSTATIONS * EMULATORS)
            every = {"verb": "launch", "filter": "*"}
            http.post("/api/batches", json=every).raise_for_status()
            until(lambda: counted(http, "status:ready") == WORKSTATIONS * EMULATORS)
            yield psutil.Process(server.pid), http


def described(item: Mapping[str, Any], way: str) -> Mapping[str, Any]:
    """A workstation as it is added."""
    over = {"transport": "ssh", "port": item["ssh_port"]} if way == "ssh" else {}
    limits = {"boot_gap_s": 0.1, "boots": 4}
    return {name: item[name] for name in WAYS[way]} | over | {"limits": limits}


def counted(http: httpx.Client, wanted: str) -> int:
    """How many emulators match."""
    asked: dict[str, str | int] = {"filter": wanted, "count": "exact", "limit": 1}
    return int(http.get("/api/emulators", params=asked).raise_for_status().json()["total"])


def watched(server: psutil.Process, http: httpx.Client) -> Figures:
    """Look at every wall every five seconds, all at once, and fetch what is new."""
    found = http.get("/api/workstations", params={"limit": 500}).raise_for_status().json()
    walls = [Watched(http, each["id"]) for each in found["items"]]
    with ThreadPoolExecutor(len(walls)) as pool:

        def look_for(seconds: float) -> float:
            began = time.monotonic()
            while (passed := time.monotonic() - began) < seconds:
                due = time.monotonic() + LOOK_EVERY
                list(pool.map(Watched.look, walls))
                time.sleep(max(0.0, due - time.monotonic()))
            return passed

        look_for(2 * MAX_AGE)  # the first time all are asked for by everybody
        for wall in walls:
            wall.forget()
        times = server.cpu_times()
        took = look_for(SECONDS)
        after = server.cpu_times()
    cpu = after.user + after.system - times.user - times.system
    gaps = [gap for wall in walls for gap in wall.gaps()]
    renewed = len(gaps)
    return {
        "cores": cpu / took,
        "mbit_per_s": sum(wall.received for wall in walls) * 8 / took / 1e6,
        "renewed_after_p95_s": statistics.quantiles(gaps, n=20)[-1],
        "tiles_per_s": renewed / took,
        "cpu_ms_a_tile": cpu / renewed * 1000,
    }


class Watched:
    """One workstation's wall, as a browser follows it."""

    def __init__(self, http: httpx.Client, workstation: str) -> None:
        self._http, self._path = http, f"/api/workstations/{workstation}/wall"
        self._version = ""
        self.forget()

    def forget(self) -> None:
        """Count from here on."""
        self.received = 0
        self._taken: dict[str, list[datetime]] = {}

    def look(self) -> None:
        """See what there is, and fetch the picture where it is new."""
        wall = self._http.get(self._path, params={"max_age": MAX_AGE}).raise_for_status()
        body = wall.json()
        self.received += len(wall.content)
        for tile in body["tiles"]:
            if tile["taken_at"]:
                times = self._taken.setdefault(tile["emulator_id"], [])
                at = datetime.fromisoformat(tile["taken_at"])
                if at not in times[-1:]:
                    times.append(at)
        if body["version"] != self._version:
            self._version = body["version"]
            asked = self._http.get(f"{self._path}.webp", params={"v": self._version})
            self.received += len(asked.raise_for_status().content)

    def gaps(self) -> Iterator[float]:
        """Seconds between two screens of the same emulator."""
        for times in self._taken.values():
            for one, next_ in itertools.pairwise(times):
                yield (next_ - one).total_seconds()


def until(condition: Any, seconds: float = 240.0) -> None:
    """Raises TimeoutError."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("the farm did not come up")
        time.sleep(0.2)


if __name__ == "__main__":
    main()
