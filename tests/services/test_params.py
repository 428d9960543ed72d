"""What each verb takes with it: normalised, or refused with the field and the rule."""

from collections.abc import Mapping
from typing import Any, cast

import pytest

from ldfleet import errors
from ldfleet.domain.verb import RULES, Verb
from ldfleet.services.params import check


def named(verb: str) -> Verb:
    """Also one that nobody does yet: the rules of its params stand already."""
    return cast("Verb", verb)


@pytest.mark.parametrize(
    ("verb", "params", "kept"),
    [
        ("launch", {"package": None}, {}),
        ("launch", {"package": "com.example.app"}, {"package": "com.example.app"}),
        ("rename", {"name": "  farm, 1 "}, {"name": "farm, 1"}),
        ("clone", {"new_ids": False}, {"new_ids": False}),
        ("backup", {}, {}),
        ("restore", {"file": r"D:\b\one.ldbk"}, {"file": r"D:\b\one.ldbk"}),
        ("install", {"file": r" D:\apps\one.APK "}, {"file": r"D:\apps\one.APK"}),
        ("install", {"package": "com.example.app"}, {"package": "com.example.app"}),
        ("adb", {"command": " shell pm list packages "}, {"command": "shell pm list packages"}),
        ("locate", {"longitude": 10, "latitude": -9.5}, {"longitude": 10.0, "latitude": -9.5}),
        ("setprop", {"key": "phone.imei", "value": "auto"}, {"key": "phone.imei", "value": "auto"}),
        ("global_settings", {"fps": 30, "audio": False}, {"fps": 30, "audio": False}),
        ("quit_all", {"install": "C:\\LDPlayer\\"}, {"install": r"C:\LDPlayer"}),
        (
            "create",
            {"name": "a", "tags": ["qa", "qa"], "settings": {"cpu": 6, "root": True}},
            {"name": "a", "tags": ["qa"], "settings": {"cpu": 6, "root": True}},
        ),
        (
            "modify",
            {"settings": {"screen": {"width": 720, "height": 1280, "dpi": 320}, "imei": "auto"}},
            {"settings": {"screen": {"width": 720, "height": 1280, "dpi": 320}, "imei": "auto"}},
        ),
    ],
)
def test_params_are_kept_as_they_are_meant(
    verb: str, params: Mapping[str, Any], kept: Mapping[str, Any]
) -> None:
    assert check(named(verb), params) == kept


@pytest.mark.parametrize(
    ("verb", "params", "field", "rule"),
    [
        ("quit", {"force": True}, "force", "the fields are: none"),
        ("rename", {}, "name", "it is missing"),
        ("rename", {"name": 7}, "name", "must be a text"),
        ("rename", {"name": "  "}, "name", "1 to 64 characters"),
        ("rename", {"name": "x" * 65}, "name", "1 to 64 characters"),
        ("rename", {"name": "50%"}, "name", "must not hold"),
        ("rename", {"name": "say 'hi'"}, "name", "must not hold"),
        ("rename", {"name": "wow!"}, "name", "must not hold"),
        ("rename", {"name": "a\nb"}, "name", "must not hold"),
        ("rename", {"name": "--index"}, "name", "begin with --"),
        ("clone", {"new_ids": 1}, "new_ids", "true or false"),
        ("backup", {"file": r"D:\one.zip"}, "file", ".ldbk"),
        ("backup", {"file": "one.ldbk"}, "file", "absolute Windows path"),
        ("restore", {"file": 'D:\\a"b.ldbk'}, "file", "must not hold quotes"),
        ("install", {}, "file", "exactly one of file and package and app"),
        ("install", {"file": r"D:\a.apk", "package": "com.a.b"}, "file", "exactly one"),
        ("install", {"app": "ap_1", "package": "com.a.b"}, "file", "exactly one"),
        ("install", {"app": "../x"}, "app", "the id of an app of the library"),
        ("install", {"file": r"D:\a.exe"}, "file", ".apk"),
        ("run", {"package": "nodots"}, "package", "com.example.app"),
        ("adb", {"command": ""}, "command", "1 to 1000"),
        ("adb", {"command": 'shell echo "a"'}, "command", "must not hold"),
        ("locate", {"longitude": 181, "latitude": 0}, "longitude", "from -180 to 180"),
        ("locate", {"longitude": True, "latitude": 0}, "longitude", "a number"),
        ("locate", {"longitude": 1}, "latitude", "missing"),
        ("setprop", {"key": "a b", "value": "1"}, "key", "phone.imei"),
        ("setprop", {"key": "a", "value": "--x"}, "value", "not begin with --"),
        ("global_settings", {}, "fps", "nothing is to be set"),
        ("global_settings", {"fps": 61}, "fps", "a whole number from 0 to 60"),
        ("create", {"tags": "qa"}, "tags", "a list"),
        ("create", {"tags": ["QA"]}, "tags", "lower-case"),
        ("create", {"install": "LDPlayer"}, "install", "absolute Windows path"),
        ("modify", {}, "settings", "missing"),
        ("modify", {"settings": []}, "settings", "an object"),
        ("modify", {"settings": {}}, "settings", "nothing is to be set"),
        ("modify", {"settings": {"disk": 1}}, "settings.disk", "not known"),
        ("modify", {"settings": {"cpu": 0}}, "settings.cpu", "from 1 to 32"),
        ("modify", {"settings": {"screen": 1}}, "settings.screen", "width, height and dpi"),
        ("modify", {"settings": {"screen": {"width": 1}}}, "settings.screen.height", "missing"),
        ("dance", {}, "verb", "can't be asked for"),
    ],
)
def test_what_can_not_be_meant_is_refused(
    verb: str, params: Mapping[str, Any], field: str, rule: str
) -> None:
    with pytest.raises(errors.FieldInvalid) as refused:
        check(named(verb), params)

    assert refused.value.field == field
    assert rule in refused.value.reason


def test_all_wrong_settings_are_told_at_once() -> None:
    screen = {"width": 100, "height": 720, "dpi": 240}

    with pytest.raises(errors.ValidationFailed) as refused:
        check(named("modify"), {"settings": {"imei": "123", "screen": screen}})

    told = {each["field"] for each in refused.value.errors}
    assert told == {"settings.screen.width", "settings.imei"}


def test_every_verb_has_rules_for_its_params() -> None:
    for verb in RULES:
        with pytest.raises(errors.FieldInvalid) as refused:
            check(verb, {"no such field": 1})
        assert refused.value.field == "no such field"
