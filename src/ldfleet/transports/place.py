"""Where an operation happens, as its errors name it."""

from dataclasses import dataclass

from ldfleet.domain.workstation import Address, Workstation


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A workstation at an address."""

    workstation: str
    address: Address

    @classmethod
    def of(cls, workstation: Workstation) -> "Place":
        """By the name people gave it."""
        return cls(workstation=workstation.name, address=workstation.address)

    @property
    def authority(self) -> str:
        """host:port, an IPv6 address in brackets."""
        host = self.address.host
        return f"{f'[{host}]' if ':' in host else host}:{self.address.port}"

    @property
    def url(self) -> str:
        """The address WS-Man messages are sent to."""
        return f"{'https' if self.address.tls else 'http'}://{self.authority}/wsman"
