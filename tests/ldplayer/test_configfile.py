import json
from dataclasses import replace
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ldfleet.domain.emulator import BirthMarker, Screen
from ldfleet.domain.hardware import AUTO, HardwareSettings
from ldfleet.errors import JSON
from ldfleet.ldplayer import configfile
from ldfleet.ldplayer.configfile import (
    changes_of,
    check_edit,
    edit,
    read_global,
    read_instance,
    read_location,
)
from ldfleet.ldplayer.text import NotUnderstood
from ldplayer.golden_files import golden

SAVED = golden("config_9_saved.config")
CPU = "advancedSettings.cpuCount"
MEMORY = "advancedSettings.memorySize"


def test_a_saved_file_tells_everything() -> None:
    config = read_instance(SAVED)

    assert config.name == "farm-1"
    assert config.adb_debug == 2
    assert (config.real_width, config.real_height, config.damaged) == (2336, 1332, False)
    assert config.marker == BirthMarker(
        android_id="0123456789abcdef", imei="356938035643809", mac="00DB0A1B2C3D"
    )
    assert config.hardware == HardwareSettings(
        screen=Screen(width=960, height=540, dpi=160),
        cpu=4,
        memory_mib=2048,
        manufacturer="samsung",
        model="SM-S9110",
        imei="356938035643809",
        imsi="460001234567890",
        sim_serial="89860012345678901234",
        android_id="0123456789abcdef",
        mac="00DB0A1B2C3D",
        auto_rotate=False,
        lock_window=False,
        root=True,
        adb=True,
    )


def test_a_missing_key_is_a_default_and_not_a_value() -> None:
    config = read_instance(golden("config_14_new_11_keys.config"))

    assert config.name == "ферма-7"
    assert config.adb_debug is None
    assert config.damaged is False
    assert (config.hardware.cpu, config.hardware.screen, config.hardware.root) == (None, None, None)
    assert config.marker.android_id == "0123456789abcdef"


def test_the_name_of_an_index_0_that_was_never_renamed_is_absent() -> None:
    assert read_instance(b"{}").name is None


def test_a_number_with_a_point_is_the_whole_number() -> None:
    memory = read_instance(golden("config_14_floats.config")).hardware.memory_mib

    assert memory == 2048
    assert isinstance(memory, int)


def test_a_width_of_0_is_a_damaged_file() -> None:
    assert read_instance(golden("config_9_damaged.config")).damaged
    assert read_instance(b'{"basicSettings.realHeigh": 0}').damaged


def test_a_file_cut_short_by_a_kill_is_not_understood() -> None:
    with pytest.raises(NotUnderstood, match="truncated"):
        read_instance(golden("config_9_truncated_1015.config"))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"  \r\n",
        b"\x00" * 1000,
        b"[1]",
        b"null",
        b'{"a": NaN}',
        b'{"a": 1',
        b'{"a": 1} x',
        b"\xff\xfe{}",
        b"[" * 100_000,
        b'{"a": ' + b"9" * 5000 + b"}",
    ],
)
def test_what_is_no_object_of_json_is_not_understood(content: bytes) -> None:
    with pytest.raises(NotUnderstood):
        read_instance(content)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        (CPU, "4"),
        (CPU, True),
        (CPU, 1.5),
        (CPU, 1e999),
        ("basicSettings.rootMode", "yes"),
        ("basicSettings.rootMode", 2),
        ("statusSettings.playerName", 7),
        ("advancedSettings.resolution", "960x540"),
    ],
)
def test_a_value_of_another_type_is_not_understood(key: str, value: object) -> None:
    content = json.dumps({key: value}).replace("Infinity", "1e999").encode()

    with pytest.raises(NotUnderstood, match=key):
        read_instance(content)


def test_a_flag_may_be_a_number() -> None:
    assert read_instance(b'{"basicSettings.rootMode": 1}').hardware.root is True
    assert read_instance(b'{"basicSettings.rootMode": 0}').hardware.root is False


def test_half_a_resolution_is_no_screen() -> None:
    assert read_instance(b'{"advancedSettings.resolution": {"width": 1}}').hardware.screen is None


def test_a_byte_order_mark_and_raw_tabs_are_borne() -> None:
    content = b'\xef\xbb\xbf{"statusSettings.playerName": "a\tb"}'

    assert read_instance(content).name == "a\tb"
    assert edit(content, {"x": 1}) == content[:-1] + b',"x": 1}'


def test_the_global_file_is_read() -> None:
    config = read_global(golden("global_9.config"))

    assert config == configfile.GlobalConfig(fps=20, audio=False, fast_play=True, clean_mode=True)
    assert read_global(b"{}").audio is None


def test_an_edit_changes_these_bytes_and_no_other() -> None:
    edited = edit(
        SAVED, {CPU: 6, "basicSettings.rootMode": False, "propertySettings.phoneModel": "Ж"}
    )

    assert edited == (
        SAVED.replace(b'cpuCount": 4', b'cpuCount": 6')
        .replace(b'rootMode": true', b'rootMode": false')
        .replace(b"SM-S9110", "Ж".encode())
    )


def test_a_new_key_is_added_at_the_end_in_the_style_of_the_file() -> None:
    edited = edit(SAVED, {"basicSettings.displayFps": True, CPU: 6})

    last = b'"basicSettings.fsAutoSize": 1'
    added = last + b',\r\n    "basicSettings.displayFps": true'
    assert edited == SAVED.replace(last, added).replace(b'cpuCount": 4', b'cpuCount": 6')


def test_a_new_key_is_added_after_the_last_one_even_if_that_changes_too() -> None:
    assert edit(b'{"a":1,"b":2}', {"b": 33, "c": 4}) == b'{"a":1,"b":33,"c":4}'


def test_an_object_is_written_in_the_style_of_the_file() -> None:
    size: JSON = {"width": 1280, "height": 720}

    edited = edit(SAVED, {"advancedSettings.resolution": size})

    assert edited == SAVED.replace(b'"width": 960', b'"width": 1280').replace(
        b'"height": 540', b'"height": 720'
    )
    assert edit(b'{"r":{"w":1}}', {"r": {"w": 2}}) == b'{"r":{"w": 2}}'
    assert edit(b'{\n\t"a": [1]\n}', {"a": [2]}) == b'{\n\t"a": [\n\t    2\n\t]\n}'


def test_an_empty_object_is_filled() -> None:
    assert edit(b"{}\n", {"a": 1, "b": "c"}) == b'{\n    "a": 1,\n    "b": "c"\n}\n'


def test_asking_for_what_is_there_changes_nothing() -> None:
    assert edit(SAVED, {CPU: 4, "basicSettings.adbDebug": 2}) == SAVED


def test_of_a_key_that_stands_twice_the_last_one_counts() -> None:
    assert edit(b'{"a": 1, "b": 2, "a": 3}', {"a": 4}) == b'{"a": 1, "b": 2, "a": 4}'


def test_a_whole_number_stays_one() -> None:
    edited = edit(golden("config_14_floats.config"), {MEMORY: 2048})

    assert edited == SAVED


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("basicSettings.rootMode", 1),
        ("basicSettings.adbDebug", True),
        (CPU, "4"),
        ("statusSettings.playerName", 7),
        ("advancedSettings.resolution", 7),
    ],
)
def test_a_value_must_not_change_its_type(key: str, value: JSON) -> None:
    with pytest.raises(NotUnderstood, match="not a"):
        edit(SAVED, {key: value})


def test_a_truncated_file_is_not_edited() -> None:
    with pytest.raises(NotUnderstood, match="truncated"):
        edit(golden("config_9_truncated_1015.config"), {CPU: 6})


def test_a_check_finds_a_change_too_few_and_one_too_many() -> None:
    edited = edit(SAVED, {CPU: 6})

    check_edit(SAVED, edited, {CPU: 6})
    with pytest.raises(NotUnderstood, match=MEMORY):
        check_edit(SAVED, edited, {CPU: 6, MEMORY: 4096})
    with pytest.raises(NotUnderstood, match=CPU):
        check_edit(SAVED, edited, {})
    with pytest.raises(NotUnderstood, match="asked for: x"):
        check_edit(SAVED, edit(SAVED, {"x": 1}), {})
    with pytest.raises(NotUnderstood, match="rootMode"):
        check_edit(SAVED, SAVED.replace(b'rootMode": true', b'rootMode": 1'), {})


_text = st.text(st.characters(codec="utf-8"))
_scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | _text
)
_structures = st.dictionaries(st.text('abc.:,}"\\'), _scalars, max_size=3) | st.lists(_scalars)
_values = cast("st.SearchStrategy[JSON]", _scalars | _structures)
_keys = st.text(st.characters(codec="utf-8"), max_size=8)
_blanks = st.text(" \t\r\n", max_size=4)


@st.composite
def _pieces(draw: st.DrawFn) -> tuple[dict[str, JSON], list[list[str]], str]:
    """An object, and for each member the texts before, of and after its value."""
    values: dict[str, JSON] = draw(st.dictionaries(_keys, _values, min_size=1, max_size=6))
    ascii_only = draw(st.booleans())
    members = [
        [
            draw(_blanks) + json.dumps(key) + draw(_blanks) + ":" + draw(_blanks),
            json.dumps(value, ensure_ascii=ascii_only),
            draw(_blanks),
        ]
        for key, value in values.items()
    ]
    return values, members, draw(_blanks)


def _joined(members: list[list[str]], around: str) -> bytes:
    return f"{around}{{{','.join(''.join(each) for each in members)}}}{around}".encode()


@settings(deadline=None, derandomize=True)
@given(_pieces(), st.data())
def test_every_other_byte_stays(
    pieces: tuple[dict[str, JSON], list[list[str]], str], data: st.DataObject
) -> None:
    values, members, around = pieces
    position = data.draw(st.integers(0, len(members) - 1))
    key, old = list(values.items())[position]
    same_type: st.SearchStrategy[JSON] = (
        st.booleans()
        if isinstance(old, bool)
        else st.integers()
        if isinstance(old, int | float)
        else st.text('aЖ"\\\n雷')
        if isinstance(old, str)
        else st.none()
    )
    new = data.draw(same_type)
    content = _joined(members, around)

    edited = edit(content, {key: new})

    if json.dumps(new) != json.dumps(old):
        members[position][1] = json.dumps(new, ensure_ascii=False)
    assert edited == _joined(members, around)


@settings(deadline=None, derandomize=True)
@given(_pieces(), st.dictionaries(_keys.map("new.".__add__), _values, min_size=1, max_size=3))
def test_new_keys_leave_the_old_text_in_one_piece_before_them(
    pieces: tuple[dict[str, JSON], list[list[str]], str], new: dict[str, JSON]
) -> None:
    values, members, around = pieces
    new = {key: value for key, value in new.items() if key not in values}
    content = _joined(members, around)

    edited = edit(content, new)

    tail = members[-1][2] + "}" + around
    assert edited.startswith(content.removesuffix(tail.encode()))
    assert edited.endswith(tail.encode())
    assert json.dumps(json.loads(edited)) == json.dumps({**values, **new})


_some = st.none() | st.booleans()
_settings = st.builds(
    HardwareSettings,
    screen=st.none()
    | st.builds(Screen, width=st.integers(1), height=st.integers(1), dpi=st.integers(1)),
    cpu=st.none() | st.integers(1, 64),
    memory_mib=st.none() | st.integers(1, 2**20),
    model=st.none() | st.text("aЖ雷 ", min_size=1),
    imei=st.none() | st.from_regex("[0-9]{15}", fullmatch=True),
    auto_rotate=_some,
    root=_some,
)


@settings(deadline=None, derandomize=True)
@given(_settings)
def test_settings_that_are_written_are_read_back(wanted: HardwareSettings) -> None:
    before = read_instance(SAVED).hardware
    expected = replace(
        before,
        **{name: value for name in _NAMES if (value := getattr(wanted, name)) is not None},
    )

    assert read_instance(edit(SAVED, changes_of(wanted))).hardware == expected


_NAMES = ("screen", "cpu", "memory_mib", "model", "imei", "auto_rotate", "root")


def test_a_device_id_that_ldplayer_makes_up_can_not_be_written() -> None:
    with pytest.raises(ValueError, match="auto"):
        changes_of(HardwareSettings(imei=AUTO))


def test_a_place_is_longitude_and_latitude() -> None:
    assert read_location(b'{"statusSettings.location": "13.404954,52.520008"}') == (
        13.404954,
        52.520008,
    )
    assert read_location(b"{}") is None


@pytest.mark.parametrize("written", ["Berlin", "13.4", "1,2,3", "north,south"])
def test_a_place_written_otherwise_is_not_guessed(written: str) -> None:
    with pytest.raises(NotUnderstood):
        read_location(json.dumps({"statusSettings.location": written}).encode())
