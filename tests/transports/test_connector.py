"""The choice of a transport."""

from dataclasses import replace

import pytest

from contracts.stands import LDCONSOLE, a_stand
from ldfleet import errors
from ldfleet.domain.workstation import TransportKind
from ldfleet.transports.connector import Connectors


async def test_the_workstations_transport_is_chosen() -> None:
    async with a_stand() as stand:
        connectors = Connectors({TransportKind.WINRM: stand.connector})
        async with connectors.connect(stand.record, stand.credentials) as transport:
            result = await transport.run([LDCONSOLE, "list2"], deadline=10)
        stages = await connectors.test(stand.record, stand.credentials)
        await connectors.forget(stand.record.id)
        await connectors.aclose()

    assert result.exit_code == 0
    assert all(stage.ok for stage in stages)


@pytest.mark.parametrize("kind", [TransportKind.SSH, TransportKind.LOCAL])
async def test_a_transport_that_is_not_there_is_told(kind: TransportKind) -> None:
    async with a_stand() as stand:
        connectors = Connectors({TransportKind.WINRM: stand.connector})
        record = replace(stand.record, address=replace(stand.record.address, transport=kind))

        with pytest.raises(errors.TransportUnsupported):
            connectors.connect(record, stand.credentials)
        with pytest.raises(errors.TransportUnsupported):
            await connectors.test(record, stand.credentials)
