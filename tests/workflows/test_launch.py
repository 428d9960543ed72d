from ldfleet.domain.emulator import EmulatorStatus
from ldfleet.domain.operation import OperationStatus, Verb
from support.fastfleet import Fleet


async def test_a_launched_emulator_was_seen_ready(fleet: Fleet) -> None:
    operation = await fleet.do(Verb.LAUNCH, 1)

    assert operation.status is OperationStatus.SUCCEEDED, operation.failure
    assert operation.result is not None
    assert operation.result["android"] == "ready"
    assert 10 < operation.result["boot_seconds"] < 60
    assert (await fleet.emulator(1)).status is EmulatorStatus.READY
    assert [each.effect for each in fleet.commands("launch")] == ["launched"]
