"""From what was seen to what changes, without any I/O."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from ldfleet import errors
from ldfleet.domain.emulator import (
    Adb,
    Android,
    BirthMarker,
    Emulator,
    EmulatorStatus,
    Power,
    Screen,
)
from ldfleet.domain.event import EventType
from ldfleet.domain.hardware import HardwareSettings
from ldfleet.domain.ids import EmulatorId, WorkstationId
from ldfleet.ldplayer.configfile import InstanceConfig
from ldfleet.ldplayer.outputs import Row
from ldfleet.workflows.configs import ABSENT, ConfigFile
from ldfleet.workflows.join import Changes, Seen, Sweep, join, wants_config
from ldfleet.workflows.observe import Glimpse

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
INSTALL = r"C:\LDPlayer\LDPlayer9"
HERE = WorkstationId("ws_1")
ANNA = BirthMarker(android_id="a" * 16, imei="1" * 15, mac="00DB00000001")
BORIS = BirthMarker(android_id="b" * 16, imei="2" * 15, mac="00DB00000002")


def a_row(index: int = 1, **changes: Any) -> Row:
    fields: dict[str, Any] = {
        "index": index,
        "name": "farm-01",
        "top_window": 0,
        "bind_window": 0,
        "state": 0,
        "player_pid": None,
        "vm_pid": None,
        "screen": Screen(width=960, height=540, dpi=160),
    }
    fields |= changes
    return Row(name_bytes=fields["name"].encode("gbk"), **fields)


def running(**changes: Any) -> Row:
    return a_row(**{"state": 1, "player_pid": 10, "vm_pid": 20, **changes})


def a_file(marker: BirthMarker = ANNA, **changes: Any) -> ConfigFile:
    fields: dict[str, Any] = {
        "name": "farm-01",
        "hardware": HardwareSettings(cpu=4, memory_mib=4096),
        "adb_debug": 1,
        "marker": marker,
        "real_width": None,
        "real_height": None,
    }
    return ConfigFile(hash="h1", config=InstanceConfig(**{**fields, **changes}))


def seen(row: Row, file: ConfigFile | None = None, *, install: str = INSTALL, **how: Any) -> Seen:
    return Seen(install=install, glimpse=Glimpse(row=row, **how), file=file)


def a_sweep(*what: Seen, **changes: Any) -> Sweep:
    installs = frozenset({INSTALL.casefold()})
    sweep = Sweep(workstation_id=HERE, seen=what, listed=installs, present=installs)
    return replace(sweep, **changes)


class Inventory:
    """Joins one sweep after the other, as storage would."""

    def __init__(self) -> None:
        self.known: dict[str, Emulator] = {}
        self.now = NOW
        self._ids = count(1)

    def look(self, *what: Seen, after: float = 10.0, **changes: Any) -> Changes:
        self.now += timedelta(seconds=after)
        there = [each for each in self.known.values() if each.removed_at is None]
        changed = join(
            there,
            a_sweep(*what, **changes),
            now=self.now,
            new_id=lambda prefix: f"{prefix}_{next(self._ids)}",
        )
        self.known |= {each.id: each for each in changed.rows}
        return changed

    def one(self) -> Emulator:
        (emulator,) = [each for each in self.known.values() if each.removed_at is None]
        return emulator


@pytest.fixture
def inventory() -> Inventory:
    return Inventory()


def types(changes: Changes) -> list[EventType]:
    return [event.type for event in changes.events]


def test_a_new_row_is_a_new_emulator(inventory: Inventory) -> None:
    changes = inventory.look(seen(a_row(), a_file()))

    assert types(changes) == [EventType.EMULATOR_ADDED]
    emulator = inventory.one()
    assert (emulator.name, emulator.cpu, emulator.marker) == ("farm-01", 4, ANNA)
    assert emulator.status is EmulatorStatus.STOPPED


def test_the_same_look_twice_writes_nothing(inventory: Inventory) -> None:
    inventory.look(seen(a_row(), a_file()))

    changes = inventory.look(seen(a_row()))
    again = inventory.look(seen(a_row(), a_file()))

    assert (changes.rows, changes.events) == ([], [])
    assert again.events == []  # but it is kept that the file was read


def test_a_rename_keeps_the_id_and_tells_both_names(inventory: Inventory) -> None:
    inventory.look(seen(a_row(), a_file()))
    known = inventory.one()

    changes = inventory.look(seen(a_row(name="shop"), a_file(name="shop")))

    assert inventory.one().id == known.id
    (event,) = changes.events
    assert event.type is EventType.EMULATOR_CHANGED
    assert (event.data["before"], event.data["after"]) == ({"name": "farm-01"}, {"name": "shop"})


def test_ids_that_an_operation_changes_make_no_other_emulator(inventory: Inventory) -> None:
    inventory.look(seen(a_row(), a_file()))
    known = inventory.one()

    changes = inventory.look(seen(a_row(), a_file(BORIS)), busy=frozenset({known.id}))

    assert changes.count(EventType.EMULATOR_ADDED) == 0
    assert inventory.one().id == known.id
    assert inventory.one().marker == ANNA


def test_ids_written_since_the_look_began_are_newer_than_it(inventory: Inventory) -> None:
    inventory.look(seen(a_row(), a_file()))
    known = inventory.one()

    inventory.look(seen(a_row(), a_file(BORIS)), began=known.updated_at - timedelta(seconds=1))

    assert inventory.one().id == known.id


def test_another_marker_at_the_same_index_is_another_emulator(inventory: Inventory) -> None:
    inventory.look(seen(a_row(), a_file(ANNA)))
    old = inventory.one()

    changes = inventory.look(seen(a_row(), a_file(BORIS)))

    assert types(changes) == [EventType.EMULATOR_REMOVED, EventType.EMULATOR_ADDED]
    assert inventory.known[old.id].removed_at == inventory.now
    assert inventory.one().id != old.id


def test_an_emulator_with_one_changed_device_id_is_the_same(inventory: Inventory) -> None:
    inventory.look(seen(a_row(), a_file(ANNA)))
    known = inventory.one()

    inventory.look(seen(a_row(), a_file(replace(ANNA, imei="9" * 15))))

    assert inventory.one().id == known.id
    assert inventory.one().marker.imei == "9" * 15


def test_a_row_that_vanished_is_kept_as_removed(inventory: Inventory) -> None:
    inventory.look(seen(a_row(), a_file()))

    changes = inventory.look()

    assert types(changes) == [EventType.EMULATOR_REMOVED]
    assert len(inventory.known) == 1


def test_a_list_that_could_not_be_read_removes_nothing(inventory: Inventory) -> None:
    inventory.look(seen(a_row(), a_file()))

    changes = inventory.look(listed=frozenset())

    assert changes.rows == []


def test_an_install_that_is_gone_leaves_its_emulators_as_last_known(inventory: Inventory) -> None:
    inventory.look(seen(a_row(), a_file()))

    inventory.look(listed=frozenset(), present=frozenset({"d:\\other"}))

    assert inventory.one().status is EmulatorStatus.UNKNOWN
    assert inventory.one().removed_at is None


def test_what_was_not_current_is_current_once_it_is_seen_without_an_event(
    inventory: Inventory,
) -> None:
    inventory.look(seen(a_row(), a_file()))
    known = inventory.one()
    inventory.known[known.id] = replace(known, current=False)

    changes = inventory.look(seen(a_row()))

    assert inventory.one().status is EmulatorStatus.STOPPED
    assert changes.events == []


def test_a_damaged_file_keeps_what_was_known_and_is_told(inventory: Inventory) -> None:
    inventory.look(seen(a_row(), a_file()))
    known = inventory.one()
    failure = errors.ConfigFileUnreadable(workstation="pc", path="x", reason="it is truncated")

    inventory.look(seen(a_row(), ConfigFile(failure=failure)))

    emulator = inventory.one()
    assert (emulator.id, emulator.cpu, emulator.marker) == (known.id, 4, ANNA)
    assert emulator.observed.trouble == str(failure)
    assert wants_config(emulator, a_row())


def test_two_emulators_of_one_name_stay_two(inventory: Inventory) -> None:
    inventory.look(seen(a_row(1), a_file(ANNA)), seen(a_row(2), a_file(BORIS)))

    assert len(inventory.known) == 2


def test_the_case_of_a_path_makes_no_other_emulator(inventory: Inventory) -> None:
    inventory.look(seen(a_row(), a_file()))

    inventory.look(seen(a_row(), install=INSTALL.upper()))

    assert len(inventory.known) == 1


# Booting, as scans see it


def test_a_guest_that_booted_is_ready(inventory: Inventory) -> None:
    inventory.look(seen(running(), a_file(), adb=Adb.READY, booted=True))

    assert inventory.one().status is EmulatorStatus.READY


def test_a_ready_guest_is_not_asked_again_and_stays_ready(inventory: Inventory) -> None:
    inventory.look(seen(running(), a_file(), adb=Adb.READY, booted=True))

    changes = inventory.look(seen(running()))

    assert changes.rows == []


def test_another_virtual_machine_is_another_boot(inventory: Inventory) -> None:
    inventory.look(seen(running(), a_file(), adb=Adb.READY, booted=True))

    inventory.look(seen(running(vm_pid=21)))

    assert inventory.one().observed.android is Android.BOOTING


ZOMBIE = {"state": 1, "player_pid": 10, "vm_pid": None}
STUCK = {"state": 2, "player_pid": 10, "vm_pid": None}


@pytest.mark.parametrize(
    ("shape", "patience", "word"),
    [
        pytest.param(ZOMBIE, 30, "no virtual machine", id="zombie"),
        pytest.param(STUCK, 180, "within 180 s", id="stuck"),
    ],
)
def test_a_start_without_a_machine_is_trouble_only_after_a_while(
    inventory: Inventory, shape: dict[str, Any], patience: float, word: str
) -> None:
    inventory.look(seen(a_row(**shape), a_file()))
    inventory.look(seen(a_row(**shape)), after=patience - 1)
    before = inventory.one().observed.trouble

    inventory.look(seen(a_row(**shape)), after=2)

    assert before is None
    assert word in (inventory.one().observed.trouble or "")
    assert inventory.one().status is EmulatorStatus.DEGRADED


def test_adb_that_is_off_is_trouble_at_once(inventory: Inventory) -> None:
    inventory.look(seen(running(), a_file(adb_debug=0)))

    assert "ADB switched off" in (inventory.one().observed.trouble or "")


def test_a_guest_that_never_answers_is_trouble_in_the_end(inventory: Inventory) -> None:
    inventory.look(seen(running(), a_file(), adb=Adb.NONE))

    inventory.look(seen(running(), adb=Adb.NONE), after=301)

    assert "ADB did not reach" in (inventory.one().observed.trouble or "")


def test_what_an_operation_has_just_seen_is_left_alone(inventory: Inventory) -> None:
    inventory.look(seen(a_row(), a_file()))
    known = inventory.one()
    stopping = replace(known.observed, power=Power.STOPPING, at=inventory.now)
    inventory.known[known.id] = replace(known, observed=stopping)
    busy = frozenset({EmulatorId(known.id)})

    inventory.look(seen(running()), busy=busy)
    early = inventory.one().observed.power
    inventory.look(seen(running()), busy=busy, after=60)

    assert early is Power.STOPPING
    assert inventory.one().observed.power is Power.RUNNING


def test_a_later_look_of_an_operation_is_not_undone_by_an_earlier_one(inventory: Inventory) -> None:
    inventory.look(seen(a_row(), a_file()))
    known = inventory.one()
    later = replace(known.observed, at=inventory.now + timedelta(seconds=60))
    inventory.known[known.id] = replace(known, observed=later)

    inventory.look(seen(running()))

    assert inventory.one().observed == later


# Which files are read


def known_as(name: str = "farm-01", **changes: Any) -> Emulator:
    inventory = Inventory()
    inventory.look(seen(a_row(), a_file(name=name)))
    return replace(inventory.one(), **changes)


def test_it_is_kept_when_a_file_was_read_last() -> None:
    inventory = Inventory()
    inventory.look(seen(a_row(), a_file()))
    read_at = inventory.one().config_read_at
    inventory.look(seen(running()))

    assert read_at is not None
    assert inventory.one().config_read_at == read_at


def test_an_unknown_emulators_file_is_read() -> None:
    assert wants_config(None, a_row())


def test_a_file_is_not_read_while_nothing_moved() -> None:
    assert not wants_config(known_as(), a_row())


def test_a_missing_file_is_not_looked_for_at_every_scan() -> None:
    assert not wants_config(known_as(config_hash=ABSENT), a_row())


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(a_row(name="other"), id="name"),
        pytest.param(a_row(screen=Screen(width=1, height=1, dpi=1)), id="screen"),
        pytest.param(running(), id="state"),
    ],
)
def test_a_row_that_moved_has_its_file_read(row: Row) -> None:
    assert wants_config(known_as(), row)


def test_a_name_in_another_code_page_is_the_same_name() -> None:
    name = "Ферма"
    row = replace(a_row(), name="Ôåðìà", name_bytes=name.encode("cp1251"))

    assert not wants_config(known_as(name), row)
