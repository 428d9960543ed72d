"""Write the pages anew; with `--check`: say which are not what the code says."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from ldfleet.api import openapi
from tools.reference import api, cli, metrics, problems, settings

ROOT = Path(__file__).parents[2]
PAGES: Mapping[str, Callable[[], str]] = {
    "openapi.json": openapi.text,
    "docs/reference/problems.md": problems.page,
    "docs/reference/settings.md": settings.page,
    "docs/reference/metrics.md": metrics.page,
    "docs/reference/api.md": api.page,
    "docs/reference/cli.md": cli.page,
}


def main(*, check: bool) -> int:
    """Bring each page to what the code says; gives the exit code."""
    stale = [name for name, make in PAGES.items() if _differs(ROOT / name, make(), check=check)]
    if check and stale:
        sys.stderr.write(f"not what the code says (run: make docs): {', '.join(stale)}\n")
        return 1
    return 0


def _differs(path: Path, wanted: str, *, check: bool) -> bool:
    if path.exists() and path.read_text("utf-8") == wanted:
        return False
    if not check:
        path.write_text(wanted, "utf-8")
    return True


if __name__ == "__main__":
    sys.exit(main(check="--check" in sys.argv[1:]))
