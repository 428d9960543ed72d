"""The system facts of one workstation, asked for by the collector."""

from ldfleet.domain.facts import SystemFacts
from ldfleet.domain.workstation import Workstation
from ldfleet.ports import Connector, Storage


async def collect_facts(
    workstation: Workstation, *, storage: Storage, connector: Connector
) -> SystemFacts:
    """Raises the errors of the transport, and SecretUnreadable."""
    async with storage() as work:
        credentials = await work.secrets.get(workstation.id)
    async with connector.connect(workstation, credentials) as transport:
        return await transport.query()
