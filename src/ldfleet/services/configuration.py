"""The settings that this server runs with."""

from collections.abc import Sequence

from ldfleet.domain.actor import Actor
from ldfleet.domain.setting import Setting


class Configuration:
    """What was read at the start; nothing changes it until the next one."""

    def __init__(self, settings: Sequence[Setting]) -> None:
        self._settings = tuple(settings)

    def settings(self, _actor: Actor) -> Sequence[Setting]:
        """All of them, secrets masked."""
        return self._settings
