"""One connector for all ways to reach a workstation."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from ldfleet import errors
from ldfleet.domain.ids import WorkstationId
from ldfleet.domain.workstation import Credentials, Stage, TransportKind, Workstation
from ldfleet.ports import Connector, Transport


class KeptConnector(Connector, Protocol):
    """A connector that holds connections until it is closed."""

    async def aclose(self) -> None:
        """Close what is kept; nothing of it runs on afterwards."""
        ...


class Connectors:
    """Chooses by the workstation's transport. Fulfils `ports.Connector`."""

    def __init__(self, by_kind: Mapping[TransportKind, KeptConnector]) -> None:
        self._by_kind = by_kind

    @property
    def kinds(self) -> Collection[TransportKind]:
        """Those it was given."""
        return self._by_kind.keys()

    def connect(
        self, workstation: Workstation, credentials: Credentials
    ) -> AbstractAsyncContextManager[Transport]:
        """As the chosen connector does. Raises TransportUnsupported."""
        return self._of(workstation).connect(workstation, credentials)

    async def test(self, workstation: Workstation, credentials: Credentials) -> Sequence[Stage]:
        """As the chosen connector does. Raises TransportUnsupported."""
        return await self._of(workstation).test(workstation, credentials)

    async def forget(self, workstation_id: WorkstationId) -> None:
        """A workstation may have been reached in more than one way."""
        for connector in self._by_kind.values():
            await connector.forget(workstation_id)

    async def aclose(self) -> None:
        """Close all of them."""
        for connector in self._by_kind.values():
            await connector.aclose()

    def _of(self, workstation: Workstation) -> KeptConnector:
        kind = workstation.address.transport
        if kind not in self._by_kind:
            raise errors.TransportUnsupported(transport=kind)
        return self._by_kind[kind]
