"""The staged connection test: the way to a workstation, then what LDPlayer needs there."""

from collections.abc import Sequence

from ldfleet import errors
from ldfleet.domain.workstation import Credentials, Stage, StageName, Workstation
from ldfleet.ports import Connector, Survey

_NEEDS = (StageName.LDPLAYER, StageName.DESKTOP, StageName.DISK)


async def stages_of(
    connector: Connector, survey: Survey, workstation: Workstation, credentials: Credentials
) -> tuple[Stage, ...]:
    """All rungs in order; those after a failed one of the way are not reached."""
    way = await connector.test(workstation, credentials)
    if not all(stage.ok for stage in way):
        return (*way, *(Stage(name=name, ok=None) for name in _NEEDS))
    return (*way, *await _needs(connector, survey, workstation, credentials))


async def _needs(
    connector: Connector, survey: Survey, workstation: Workstation, credentials: Credentials
) -> Sequence[Stage]:
    try:
        async with connector.connect(workstation, credentials) as transport:
            return await survey(workstation, transport)
    except errors.FleetError as error:  # lost between the shell and the first look
        failed = Stage(
            name=_NEEDS[0], ok=False, detail=str(error), code=error.code, hint=error.hint
        )
        return (failed, *(Stage(name=name, ok=None) for name in _NEEDS[1:]))
