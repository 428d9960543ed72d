import pytest

from ldfleet import errors
from ldfleet.domain.emulator import Screen
from ldfleet.domain.hardware import AUTO, HardwareSettings, params_of, settings_of
from ldfleet.ldplayer.generations import GENERATIONS

OLD, NEW = GENERATIONS[4].limits, GENERATIONS[14].limits
HD = Screen(width=1280, height=720, dpi=240)


def test_good_settings_pass() -> None:
    HardwareSettings().check(OLD)
    HardwareSettings(
        screen=HD,
        cpu=4,
        memory_mib=1536,
        manufacturer="samsung",
        model="Галакси 雷",
        phone_number="+49 123",
        imei="356938035643809",
        imsi=AUTO,
        sim_serial="89860012345678901234",
        android_id="0123456789ABCdef",
        mac="00DB0A1B2C3D",
        root=False,
    ).check(NEW)


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        (HardwareSettings(cpu=6), "cpu"),
        (HardwareSettings(cpu=0), "cpu"),
        (HardwareSettings(memory_mib=6144), "memory_mib"),
        (HardwareSettings(screen=Screen(width=0, height=720, dpi=240)), "screen.width"),
        (HardwareSettings(screen=Screen(width=1280, height=9999, dpi=240)), "screen.height"),
        (HardwareSettings(screen=Screen(width=1280, height=720, dpi=1)), "screen.dpi"),
        (HardwareSettings(imei="12"), "imei"),
        (HardwareSettings(imsi="٤" * 15), "imsi"),
        (HardwareSettings(sim_serial="8986001234567890123"), "sim_serial"),
        (HardwareSettings(android_id="0123456789abcdeg"), "android_id"),
        (HardwareSettings(mac="00:DB:0A:1B:2C:3D"), "mac"),
        (HardwareSettings(manufacturer=""), "manufacturer"),
        (HardwareSettings(model='a"b'), "model"),
        (HardwareSettings(model="100%"), "model"),
        (HardwareSettings(model="a\nb"), "model"),
        (HardwareSettings(model="--root"), "model"),
        (HardwareSettings(phone_number="1" * 65), "phone_number"),
    ],
)
def test_a_value_that_ldplayer_would_not_take_is_refused(
    settings: HardwareSettings, field: str
) -> None:
    with pytest.raises(errors.ValidationFailed) as caught:
        settings.check(NEW)

    assert [each["field"] for each in caught.value.errors] == [field]
    assert field in str(caught.value)


def test_what_a_generation_lacks_is_refused() -> None:
    settings = HardwareSettings(memory_mib=1536, root=True)

    settings.check(NEW)
    with pytest.raises(errors.ValidationFailed) as caught:
        settings.check(OLD)

    assert [each["field"] for each in caught.value.errors] == ["memory_mib", "root"]


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(errors.ValidationFailed) as caught:
        HardwareSettings(cpu=99, mac="x", model="%").check(NEW)

    assert [each["field"] for each in caught.value.errors] == ["cpu", "mac", "model"]
    assert caught.value.errors[0]["reason"] == "must be one of 1, 2, 3, 4"


def test_settings_know_whether_they_are_empty_or_made_up() -> None:
    assert HardwareSettings().empty
    assert not HardwareSettings(root=False).empty
    assert HardwareSettings(android_id=AUTO).makes_up_ids
    assert not HardwareSettings(model=AUTO).makes_up_ids


def test_the_bounds_themselves_are_good() -> None:
    HardwareSettings(screen=Screen(width=120, height=7680, dpi=60)).check(NEW)
    HardwareSettings(screen=Screen(width=7680, height=120, dpi=960), model="a" * 64).check(NEW)
    HardwareSettings(model="a").check(NEW)
    with pytest.raises(errors.ValidationFailed) as caught:
        HardwareSettings(screen=Screen(width=119, height=7681, dpi=961)).check(NEW)

    assert [each["reason"] for each in caught.value.errors] == [
        "must be from 120 to 7680",
        "must be from 120 to 7680",
        "must be from 60 to 960",
    ]


@pytest.mark.parametrize(
    ("generation", "tiers"),
    [
        (4, {512, 1024, 2048, 4096, 8192}),
        (9, {256, 512, 768, 1024, 1536, 2048, 4096, 8192}),
    ],
)
def test_memory_comes_in_the_documented_tiers(generation: int, tiers: set[int]) -> None:
    limits = GENERATIONS[generation].limits

    assert set(limits.memory_mib) == tiers
    assert set(limits.cpu) == {1, 2, 3, 4}


def test_settings_are_the_same_back_from_their_params() -> None:
    settings = HardwareSettings(screen=HD, cpu=2, mac=AUTO, root=False)

    params = params_of(settings)

    assert params == {
        "screen": {"width": 1280, "height": 720, "dpi": 240},
        "cpu": 2,
        "mac": AUTO,
        "root": False,
    }
    assert settings_of(params) == settings


@pytest.mark.parametrize("params", [{"fps": 60}, {"screen": {"width": 1280}}])
def test_params_that_are_no_settings_are_refused(params: dict[str, object]) -> None:
    with pytest.raises(errors.FieldInvalid):
        settings_of(params)


def test_only_tiers_can_lie_beyond_what_modify_takes() -> None:
    settings = HardwareSettings(cpu=6, memory_mib=6144, imei="12", root=True)

    assert settings.beyond(OLD) == {"cpu", "memory_mib"}
    assert HardwareSettings(cpu=4, memory_mib=4096).beyond(NEW) == frozenset()


@pytest.mark.parametrize("name", ["android_id", "imei", "mac"])
def test_other_ids_change_what_an_emulator_is_known_by(name: str) -> None:
    assert settings_of({name: AUTO}).changes_marker
    assert not HardwareSettings(cpu=2, imsi=AUTO).changes_marker
