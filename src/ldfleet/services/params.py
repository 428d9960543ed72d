"""What each verb takes with it, held to its rules; answers the params as they are kept.

What only LDPlayer's generation can tell (cores, memory, root) the workflow finds out.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from ldfleet import errors
from ldfleet.domain.hardware import HardwareLimits, settings_of
from ldfleet.domain.profile import MOST_APPS
from ldfleet.domain.verb import Verb
from ldfleet.services import fields
from ldfleet.telemetry import holds_secret

NAME_LENGTH = 64
COMMAND_LENGTH = 1_000
MOST_ARGUMENTS = 100
ARGUMENTS_LENGTH = 6_000  # in all; a command line has 8,191 characters (winrm.md 6)
LONGEST_DEADLINE = 3_600.0  # seconds
VALUE_LENGTH = 200
CORES = (1, 32)
MEMORY_MIB = (256, 65_536)
FPS = (0, 60)  # ldconsole.md 5, globalsetting

# architecture.md 5: what no quoting brings through cmd.exe unharmed
_UNSAFE = re.compile(r"[\"'`%!\x00-\x1f\x7f-\x9f\u2028\u2029]")
_UNSAFE_IN_COMMAND = re.compile(r"[\"%!\x00-\x1f\x7f-\x9f\u2028\u2029]")
_APP_ID = re.compile(r"ap_[0-9a-z_]{1,40}")
_KEY = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,63}")

_Check = Callable[[str, Any], Any]
"""Takes the field's name and what was sent; gives it as it is kept."""


def check(verb: Verb, params: Mapping[str, Any]) -> Mapping[str, Any]:
    """The params of `verb` as they are kept; one that is None counts as not given.

    Raises FieldInvalid and ValidationFailed, which name the field, the rule and the remedy.
    """
    shape = _SHAPES.get(verb)
    if shape is None:
        raise _refused("verb", f"{verb} can't be asked for; choose one of openapi.json")
    given = {name: value for name, value in params.items() if value is not None}
    return _fitted(shape, given, prefix="")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shape:
    fields: Mapping[str, _Check]
    required: frozenset[str] = frozenset()
    one_of: Sequence[str] = ()
    """Exactly one of these must be given."""
    some: bool = False
    """At least one field must be given."""


def _fitted(shape: _Shape, given: Mapping[str, Any], *, prefix: str) -> Mapping[str, Any]:
    known = ", ".join(shape.fields) or "none"
    for name in given:
        if name not in shape.fields:
            raise _refused(prefix + name, f"it is not known here; the fields are: {known}")
    for name in shape.fields:
        if name in shape.required and name not in given:
            raise _refused(prefix + name, "it is missing; send it")
    if shape.one_of and sum(name in given for name in shape.one_of) != 1:
        raise _refused(
            prefix + shape.one_of[0], f"send exactly one of {' and '.join(shape.one_of)}"
        )
    if shape.some and not given:
        raise _refused(
            prefix.rstrip(".") or next(iter(shape.fields)),
            f"nothing is to be set; send one of: {known}",
        )
    return {
        name: fit(prefix + name, given[name]) for name, fit in shape.fields.items() if name in given
    }


def _refused(field: str, reason: str) -> errors.FieldInvalid:
    return errors.FieldInvalid(field=field, reason=reason)


def _text(field: str, value: Any) -> str:
    if not isinstance(value, str):
        raise _refused(field, "it must be a text; put it in quotes")
    return value


def _flag(field: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise _refused(field, "it must be true or false")
    return value


def _within(least: float, most: float, *, whole: bool = True) -> _Check:
    def fit(field: str, value: Any) -> float:
        number = isinstance(value, int) or (not whole and isinstance(value, float))
        if not number or isinstance(value, bool) or not least <= value <= most:
            kind = "a whole number" if whole else "a number"
            raise _refused(field, f"it must be {kind} from {least:g} to {most:g}")
        return int(value) if whole else float(value)

    return fit


def name_of(field: str, value: Any) -> str:
    """A name that LDPlayer keeps as it is sent."""
    name = _text(field, value).strip()
    if not 1 <= len(name) <= NAME_LENGTH:
        raise _refused(field, f"it must have 1 to {NAME_LENGTH} characters; shorten it")
    if _UNSAFE.search(name):
        raise _refused(field, "it must not hold quotes, % ! or control characters; leave them out")
    if name.startswith("--"):
        raise _refused(field, "it must not begin with --, as options do; begin it otherwise")
    return name


def _package(field: str, value: Any) -> str | None:
    return fields.package_of(_text(field, value))


def _app_id(field: str, value: Any) -> str:
    app = _text(field, value)
    if not _APP_ID.fullmatch(app):
        raise _refused(field, "it must be the id of an app of the library; write it as ap_01j…")
    return app


def _folder(field: str, value: Any) -> str:
    return fields.windows_path_of(field, _text(field, value))


def _file_ending(*endings: str) -> _Check:
    def fit(field: str, value: Any) -> str:
        path = fields.windows_path_of(field, _text(field, value))
        if not path.lower().endswith(endings):
            raise _refused(field, f"it must end in {' or '.join(endings)}; name such a file")
        return path

    return fit


def _tags(field: str, value: Any) -> list[str]:
    if not isinstance(value, list | tuple):
        raise _refused(field, "it must be a list of tags")
    return list(fields.tags_of([_text(field, tag) for tag in cast("list[Any]", value)]))


def _command(field: str, value: Any) -> str:
    command = _text(field, value).strip()
    if not 1 <= len(command) <= COMMAND_LENGTH:
        raise _refused(field, f"it must have 1 to {COMMAND_LENGTH} characters")
    if _UNSAFE_IN_COMMAND.search(command):
        raise _refused(
            field, "it must not hold \", % ! or control characters; quote with ' where you must"
        )
    _check_no_secret(field, command)
    for word in command.split():
        _check_no_secret(field, word)
    return command


def _argv(field: str, value: Any) -> list[str]:
    """A program and its arguments, which go out as they are and are shown to all who look."""
    if not isinstance(value, list | tuple) or not value:
        raise _refused(field, "it must be a list: the program, then its arguments")
    argv = [_text(f"{field}.{place}", each) for place, each in enumerate(cast("list[Any]", value))]
    if len(argv) > MOST_ARGUMENTS or sum(map(len, argv)) > ARGUMENTS_LENGTH:
        raise _refused(
            field,
            f"it must have at most {MOST_ARGUMENTS} words with {ARGUMENTS_LENGTH} characters; "
            "put more into a script on the workstation",
        )
    if not argv[0].strip():
        raise _refused(f"{field}.0", "it must name a program")
    for place, each in enumerate(argv):
        if _UNSAFE_IN_COMMAND.search(each):
            raise _refused(f"{field}.{place}", 'it must not hold ", % ! or control characters')
        _check_no_secret(f"{field}.{place}", each)
    return argv


def _check_no_secret(field: str, argument: str) -> None:
    if holds_secret(argument):
        raise _refused(
            field,
            "it looks like a secret, which everybody would see; keep it in a file on the "
            "workstation, readable for its account alone",
        )


def _key(field: str, value: Any) -> str:
    key = _text(field, value)
    if not _KEY.fullmatch(key):
        raise _refused(field, "it must be the key of a property; write it as phone.imei")
    return key


def _value(field: str, value: Any) -> str:
    text = _text(field, value)
    if not 1 <= len(text) <= VALUE_LENGTH or _UNSAFE.search(text) or text.startswith("--"):
        raise _refused(
            field,
            f"it must have 1 to {VALUE_LENGTH} characters, no quotes, % ! or control characters, "
            "and not begin with --; leave them out",
        )
    return text


def _screen(field: str, value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise _refused(field, "it must have width, height and dpi")
    # their ranges are checked with the other settings
    side = _within(0, 2**31)
    names = ("width", "height", "dpi")
    shape = _Shape(fields=dict.fromkeys(names, side), required=frozenset(names))
    return _fitted(shape, dict(cast("Mapping[str, Any]", value)), prefix=f"{field}.")


_SETTINGS = _Shape(
    fields={
        "screen": _screen,
        "cpu": _within(*CORES),
        "memory_mib": _within(*MEMORY_MIB),
        **dict.fromkeys(
            (
                *("manufacturer", "model", "phone_number"),
                *("imei", "imsi", "sim_serial", "android_id", "mac"),
            ),
            _text,
        ),
        **dict.fromkeys(("auto_rotate", "lock_window", "root", "adb"), _flag),
    },
    some=True,
)


def _settings(field: str, value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise _refused(field, "it must be an object of settings")
    sent = {
        name: item for name, item in cast("Mapping[str, Any]", value).items() if item is not None
    }
    fitted = _fitted(_SETTINGS, sent, prefix=f"{field}.")
    settings = settings_of(fitted)
    limits = HardwareLimits(
        cpu=tuple(filter(None, (settings.cpu,))),
        memory_mib=tuple(filter(None, (settings.memory_mib,))),
        root=True,
    )
    try:
        settings.check(limits)
    except errors.ValidationFailed as refused:
        wrong = [{**each, "field": f"{field}.{each['field']}"} for each in refused.errors]
        summary = "; ".join(f"{each['field']} {each['reason']}" for each in wrong)
        raise errors.ValidationFailed(summary=summary, errors=wrong) from None
    return fitted


_APP = _Shape(
    fields={"file": _file_ending(".apk", ".xapk"), "package": _package, "app": _app_id},
    one_of=("file", "package", "app"),
)


def _apps(field: str, value: Any) -> list[Mapping[str, Any]]:
    if not isinstance(value, list | tuple) or len(apps := cast("list[Any]", value)) > MOST_APPS:
        raise _refused(field, f"it must be a list of at most {MOST_APPS} apps")
    return [_app(f"{field}.{number}", app) for number, app in enumerate(apps)]


def _app(field: str, value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise _refused(field, "it must have a package or a file")
    app = cast("Mapping[str, Any]", value)
    given = {name: item for name, item in app.items() if item is not None}
    return _fitted(_APP, given, prefix=f"{field}.")


_NOTHING = _Shape(fields={})
_PACKAGE = _Shape(fields={"package": _package}, required=frozenset({"package"}))
_SHAPES: Mapping[str, _Shape] = {
    "launch": _Shape(fields={"package": _package}),
    "quit": _NOTHING,
    "scan": _NOTHING,
    "doctor": _NOTHING,
    "reboot": _NOTHING,
    "rename": _Shape(fields={"name": name_of}, required=frozenset({"name"})),
    "modify": _Shape(fields={"settings": _settings}, required=frozenset({"settings"})),
    "remove": _NOTHING,
    "clone": _Shape(fields={"name": name_of, "new_ids": _flag, "stop_source": _flag}),
    "backup": _Shape(fields={"file": _file_ending(".ldbk")}),
    "restore": _Shape(fields={"file": _file_ending(".ldbk")}, required=frozenset({"file"})),
    "install": _APP,
    "uninstall": _PACKAGE,
    "run": _PACKAGE,
    "kill": _PACKAGE,
    "adb": _Shape(fields={"command": _command}, required=frozenset({"command"})),
    "locate": _Shape(
        fields={
            "longitude": _within(-180, 180, whole=False),
            "latitude": _within(-90, 90, whole=False),
        },
        required=frozenset({"longitude", "latitude"}),
    ),
    "setprop": _Shape(fields={"key": _key, "value": _value}, required=frozenset({"key", "value"})),
    "create": _Shape(
        fields={
            "name": name_of,
            "install": _folder,
            "settings": _settings,
            "tags": _tags,
            "apps": _apps,
            "stay_on": _flag,
        }
    ),
    "global_settings": _Shape(
        fields={
            "fps": _within(*FPS),
            **dict.fromkeys(("audio", "fast_play", "clean_mode"), _flag),
        },
        some=True,
    ),
    "console": _Shape(
        fields={"argv": _argv, "deadline_s": _within(1, LONGEST_DEADLINE, whole=False)},
        required=frozenset({"argv"}),
    ),
    "sort_windows": _Shape(fields={"install": _folder}),
    "quit_all": _Shape(fields={"install": _folder}),
}
