"""A process that stands still amid a transaction holds nobody up."""

from pathlib import Path

import pytest

from ldfleet import errors
from ldfleet.storage.database import Database
from support.stores import a_place, a_workstation

PATIENCE = 3.0
"""Half of it is how long one may stand still: longer than a busy machine makes anybody wait."""


async def written_amid(
    frozen: Database, other: Database, *, then: errors.FleetError | None = None
) -> None:
    """A unit of `frozen` that stands until the same row was written by the other."""
    async with frozen() as work:
        await work.workstations.add(a_workstation(name="theirs"))
        async with other() as same:
            await same.workstations.add(a_workstation(name="ours"))
        if then is not None:
            raise then


async def test_others_go_on_where_one_stands_still_amid_its_transaction(
    pytestconfig: pytest.Config, tmp_path: Path
) -> None:
    async with (
        a_place("postgresql", pytestconfig, tmp_path) as place,
        place.opened(patience=PATIENCE) as frozen,
        place.opened() as other,
    ):
        with pytest.raises(errors.DatabaseUnreachable):
            await written_amid(frozen, other)

        async with other() as work:
            assert (await work.workstations.get("ws_0001")).name == "ours"


async def test_what_went_wrong_is_told_though_the_connection_is_lost_too(
    pytestconfig: pytest.Config, tmp_path: Path
) -> None:
    async with (
        a_place("postgresql", pytestconfig, tmp_path) as place,
        place.opened(patience=PATIENCE) as frozen,
        place.opened() as other,
    ):
        with pytest.raises(errors.EmulatorGone):
            await written_amid(frozen, other, then=errors.EmulatorGone(emulator="em_1"))

        async with frozen() as work:
            assert (await work.workstations.get("ws_0001")).name == "ours"
