"""docs/reference/settings.md."""

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo

from ldfleet.settings import PREFIX, Settings
from tools.reference.markdown import code, head, table, text


def page() -> str:
    """The whole page."""
    rows = (_row(name, field) for name, field in Settings.model_fields.items())
    return "\n".join(
        (
            head("settings"),
            *table(("Variable", "Default", "What it does"), rows),
            "",
            head("settings_of_clients"),
        )
    )


def _row(name: str, field: FieldInfo) -> Sequence[str]:
    about = " ".join((field.description or "").split())
    bounds = _bounds(field)
    return code(PREFIX + name.upper()), _default(field), text(about + bounds)


def _default(field: FieldInfo) -> str:
    value: Any = field.get_default(call_default_factory=True, validated_data={})
    if value is None or value == "":
        return "none"
    if isinstance(value, Path):
        value = str(value).replace(str(Path.home()), "~", 1)
    if isinstance(value, bool):
        value = str(value).lower()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return code(value.value if isinstance(value, StrEnum) else str(value))


def _bounds(field: FieldInfo) -> str:
    least = next((str(each.ge) for each in field.metadata if hasattr(each, "ge")), None)
    most = next((str(each.le) for each in field.metadata if hasattr(each, "le")), None)
    if least is None:
        return ""
    return f" At least {least}." if most is None else f" From {least} to {most}."
