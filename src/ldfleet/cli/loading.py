"""The one place that imports late, so that `ldfleet --help` is quick (architecture.md 2)."""

import importlib
from typing import Any


def load(target: str) -> Any:
    """What `module:name` names."""
    module, _, name = target.partition(":")
    return getattr(importlib.import_module(module), name)
