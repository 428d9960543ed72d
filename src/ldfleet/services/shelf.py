"""Where metrics are made: each with its name's beginning, and described for the docs."""

from collections.abc import Sequence
from dataclasses import dataclass

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """One of them, as docs/reference/metrics.md lists it."""

    name: str
    type: str
    labels: tuple[str, ...]
    about: str


class Shelf:
    """A registry of its own; names come without `ldfleet_`, counters without `_total`."""

    def __init__(self) -> None:
        # A line more for each series, which tells nothing.
        disable_created_metrics()  # type: ignore[no-untyped-call]  # the library's
        self._registry = CollectorRegistry()
        self._described: list[Described] = []

    @property
    def described(self) -> Sequence[Described]:
        """In the order they were made."""
        return self._described

    def text(self) -> bytes:
        """All of them now, in Prometheus' text form."""
        return generate_latest(self._registry)

    def gauge(self, name: str, about: str, *labels: str) -> Gauge:
        return Gauge(
            self._named(name, "gauge", labels, about), about, labels, registry=self._registry
        )

    def counter(self, name: str, about: str, *labels: str) -> Counter:
        named = self._named(f"{name}_total", "counter", labels, about)
        return Counter(named, about, labels, registry=self._registry)

    def histogram(self, name: str, about: str, *labels: str, buckets: Sequence[float]) -> Histogram:
        named = self._named(name, "histogram", labels, about)
        return Histogram(named, about, labels, buckets=buckets, registry=self._registry)

    def _named(self, name: str, kind: str, labels: tuple[str, ...], about: str) -> str:
        full = f"ldfleet_{name}"
        self._described.append(Described(name=full, type=kind, labels=labels, about=about))
        return full
