"""The settings as they may be shown."""

from collections.abc import Sequence
from enum import Enum
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from ldfleet.domain.setting import Setting
from ldfleet.settings import PREFIX, Settings
from ldfleet.telemetry import redact

_MASK = "***"


def shown(settings: Settings) -> Sequence[Setting]:
    """Every setting with what is in force; of a secret only that there is one."""
    return [
        Setting(
            name=PREFIX + name.upper(),
            value=_value(getattr(settings, name)),
            given=name in settings.model_fields_set,
            about=" ".join((field.description or "").split()),
        )
        for name, field in Settings.model_fields.items()
    ]


def _value(value: Any) -> str | int | float | bool | None:
    if isinstance(value, SecretStr):
        return _MASK
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, Path):
        return str(value)
    return str(redact(value)) if isinstance(value, str) else value
