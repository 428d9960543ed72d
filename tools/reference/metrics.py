"""docs/reference/metrics.md."""

from ldfleet.bootstrap.clock import SystemClock
from ldfleet.ports import UnitOfWork
from ldfleet.services.metrics import Metrics
from tools.reference.markdown import code, head, table, text

_HEAD = ("Name", "Type", "Labels", "What it is")


def page() -> str:
    """The whole page."""
    metrics = Metrics(storage=_nowhere, clock=SystemClock(), pool=lambda: (0, 0))
    rows = (
        (code(one.name), one.type, ", ".join(map(code, one.labels)) or "-", text(one.about))
        for one in metrics.shelf.described
    )
    return "\n".join([head("metrics"), *table(_HEAD, rows), ""])


def _nowhere() -> UnitOfWork:
    raise AssertionError("what there is can be told without a database")
