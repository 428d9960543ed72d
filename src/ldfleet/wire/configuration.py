"""The settings of a server."""

from typing import Annotated

from pydantic import Field

from ldfleet.wire.shapes import Output


class SettingOut(Output):
    """A variable of the server's environment."""

    name: str
    value: Annotated[
        str | int | float | bool | None, Field(description="In force now; a secret's is masked.")
    ]
    given: Annotated[bool, Field(description="False: it is the default.")]
    about: str


class SettingsOut(Output):
    """All settings."""

    items: list[SettingOut]
