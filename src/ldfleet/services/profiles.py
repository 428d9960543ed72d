"""The profiles: what emulators made from them are like."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Unpack, cast

from ldfleet import errors
from ldfleet.domain.actor import Actor
from ldfleet.domain.hardware import HardwareSettings, params_of
from ldfleet.domain.ids import ProfileId
from ldfleet.domain.profile import MOST_APPS, App, IdRule, Profile
from ldfleet.domain.verb import Verb
from ldfleet.ldplayer.generations import GENERATIONS
from ldfleet.ports import Clock, Listed, NewId, Page, Storage, UnitOfWork
from ldfleet.services import descriptions, fields
from ldfleet.services.noting import note

_LIMITS = [generation.limits for generation in GENERATIONS.values()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A profile as a person describes it."""

    name: str
    settings: HardwareSettings = field(default_factory=HardwareSettings)
    identity: Mapping[str, IdRule] = field(default_factory=dict[str, IdRule])
    apps: tuple[App, ...] = ()
    tags: tuple[str, ...] = ()
    notes: str = ""


class Profiles:
    """A profile is checked against all generations of LDPlayer; `create` knows the one it has."""

    def __init__(self, *, storage: Storage, clock: Clock, new_id: NewId) -> None:
        self._storage = storage
        self._clock = clock
        self._new_id = new_id

    async def list(self, _actor: Actor, **how: Unpack[Listed]) -> Page[Profile]:
        async with self._storage() as work:
            return await work.profiles.list(**how)

    async def get(self, _actor: Actor, profile_id: str) -> Profile:
        async with self._storage() as work:
            return await work.profiles.get(profile_id)

    async def add(self, actor: Actor, draft: Draft) -> Profile:
        """Keep it. Raises FieldInvalid, ValidationFailed, ProfileNameTaken."""
        now = self._clock.now()
        blank = Profile(
            id=ProfileId(self._new_id("pf")), name=draft.name, created_at=now, updated_at=now
        )
        profile = _described(blank, draft)
        async with self._storage() as work:
            await work.profiles.add(profile)
            note(
                work,
                actor,
                "profile.add",
                profile,
                at=self._clock.now(),
                after=descriptions.of_profile(profile),
            )
        return profile

    async def change(
        self, actor: Actor, profile_id: str, draft: Draft, *, expected_version: int
    ) -> Profile:
        """Replace its description; emulators that were made from it stay as they are."""
        async with self._storage() as work:
            found = await work.profiles.get(profile_id)
            wanted = replace(_described(found, draft), updated_at=self._clock.now())
            changed = await work.profiles.change(wanted, expected_version=expected_version)
            note(
                work,
                actor,
                "profile.change",
                changed,
                at=self._clock.now(),
                before=descriptions.of_profile(found),
                after=descriptions.of_profile(changed),
            )
            return changed

    async def remove(
        self, actor: Actor, profile_id: str, *, expected_version: int | None = None
    ) -> None:
        """Forget it; emulators that were made from it stay. Raises RecordChanged."""
        async with self._storage() as work:
            found = await work.profiles.get(profile_id)
            if expected_version not in {None, found.version}:
                raise errors.RecordChanged(record=f"The profile {found.id}")
            await work.profiles.remove(found.id)
            note(
                work,
                actor,
                "profile.remove",
                found,
                at=self._clock.now(),
                before=descriptions.of_profile(found),
            )


async def resolved(work: UnitOfWork, verb: Verb, asked: Mapping[str, Any]) -> Mapping[str, Any]:
    """The params of `create` with those of their `profile`; what they name themselves wins.

    Other params are given as they are. Raises ProfileNotFound, and AppNotFound for an app of the
    library that is to be installed and is not there.
    """
    whole = asked
    if verb is Verb.CREATE and asked.get("profile") is not None:
        whole = await _with_profile(work, asked)
    if verb in {Verb.CREATE, Verb.INSTALL}:
        for app in _apps_named(whole):
            await work.apps.get(app)
    return whole


def _apps_named(asked: Mapping[str, Any]) -> Sequence[str]:
    """Apps of the library, in what nobody has checked yet."""
    listed: object = asked.get("apps")
    each: Sequence[object] = (
        cast("Sequence[object]", listed) if isinstance(listed, list | tuple) else ()
    )
    found = [cast("Mapping[str, object]", one).get("app") for one in each if isinstance(one, dict)]
    return [app for app in (asked.get("app"), *found) if isinstance(app, str)]


async def _with_profile(work: UnitOfWork, asked: Mapping[str, Any]) -> Mapping[str, Any]:
    own = {name: value for name, value in asked.items() if name != "profile"}
    profile = await work.profiles.get(str(asked["profile"]))
    settings: Any = own.setdefault("settings", {})
    if isinstance(settings, Mapping):  # else it is refused with its name
        own["settings"] = {**params_of(profile.made()), **settings}
    own.setdefault("tags", list(profile.tags))
    own.setdefault("apps", [_app_params(app) for app in profile.apps])
    return {name: value for name, value in own.items() if value}


def _app_params(app: App) -> Mapping[str, str | None]:
    return {"file": app.file} if app.package is None else {"package": app.package}


def _described(profile: Profile, draft: Draft) -> Profile:
    described = replace(
        profile,
        name=fields.name_of(draft.name),
        settings=draft.settings,
        identity=draft.identity,
        apps=_apps_of(draft.apps),
        tags=fields.tags_of(draft.tags),
        notes=fields.notes_of(draft.notes),
    )
    described.check(_LIMITS)
    return described


def _apps_of(apps: tuple[App, ...]) -> tuple[App, ...]:
    if len(apps) > MOST_APPS:
        raise errors.FieldInvalid(
            field="apps", reason=f"there must not be more than {MOST_APPS}; leave some out"
        )
    return tuple(_app_of(f"apps.{number}", app) for number, app in enumerate(apps))


def _app_of(where: str, app: App) -> App:
    if (app.package is None) is (app.file is None):
        raise errors.FieldInvalid(field=where, reason="send exactly one of package and file")
    if app.file is None:
        return App(package=fields.package_of(app.package))
    path = fields.windows_path_of(f"{where}.file", app.file)
    if not path.lower().endswith((".apk", ".xapk")):
        raise errors.FieldInvalid(
            field=f"{where}.file", reason="it must end in .apk or .xapk; name such a file"
        )
    return App(file=path)
