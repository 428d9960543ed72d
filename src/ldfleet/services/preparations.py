"""Scripts that prepare a PC for ldfleet: made here, read and run by a person there."""

import ipaddress
import re
from dataclasses import replace

from ldfleet import errors
from ldfleet.domain.actor import Actor
from ldfleet.domain.preparation import Preparation
from ldfleet.ports import PreparationScript

SERVERS = 16
_USER = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,18}[A-Za-z0-9_-])?")


class Preparations:
    """Nothing is kept of them, and they hold no secret."""

    def __init__(self, script: PreparationScript) -> None:
        self._script = script

    def script(self, _actor: Actor, order: Preparation) -> str:
        """The script's text. Raises FieldInvalid."""
        if order.undo:
            return self._script(order)
        if not 1 <= len(order.servers) <= SERVERS:
            raise errors.FieldInvalid(
                field="servers",
                reason=f"it must be 1 to {SERVERS} IP addresses; name those that reach the PC",
            )
        return self._script(
            replace(
                order,
                servers=tuple(dict.fromkeys(_address_of(each) for each in order.servers)),
                user=_user_of(order.user),
            )
        )


def _address_of(text: str) -> str:
    try:
        address = ipaddress.ip_address(text.strip())
    except ValueError:
        address = None
    if (
        address is None
        or getattr(address, "scope_id", None)
        or address.is_unspecified
        or address.is_multicast
        or address.is_loopback
    ):
        raise errors.FieldInvalid(
            field="servers",
            reason="each must be the IP address that the PC sees the server come from; write it "
            "as 10.0.0.1",
        )
    return str(address)


def _user_of(text: str) -> str:
    user = text.strip()
    if not _USER.fullmatch(user):
        raise errors.FieldInvalid(
            field="user",
            reason="it must be 1 to 20 letters, digits, dots, dashes or underscores, as Windows "
            "allows for a local account; name it so",
        )
    return user
