"""`python -m ldfleet` and the command `ldfleet`."""

import gc
import sys

from ldfleet.cli.main import app

# httpx brings a command line of its own, whose imports take as long as all the rest of it; it
# does without where they fail.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]  # None: it can't be imported


def main() -> None:
    """Run the command line."""
    gc.disable()  # until a command is loaded: nothing that is imported is ever garbage
    app(prog_name="ldfleet")


if __name__ == "__main__":
    main()
