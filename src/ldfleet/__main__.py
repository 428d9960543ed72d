"""`python -m ldfleet` and the command `ldfleet`."""

from ldfleet.cli.main import app


def main() -> None:
    """Run the command line."""
    app(prog_name="ldfleet")


if __name__ == "__main__":
    main()
