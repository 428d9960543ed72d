"""A setting in force, as it may be shown."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One variable; a secret's value is masked before it gets here."""

    name: str
    value: str | int | float | bool | None
    given: bool
    """Whether somebody set it; else it is the default."""
    about: str
