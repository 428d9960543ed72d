"""What people have set of a thing, in plain JSON: the `before` and `after` of the audit log."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime, time
from typing import Any, cast

from ldfleet.domain.app import LibraryApp
from ldfleet.domain.emulator import Emulator
from ldfleet.domain.profile import Profile
from ldfleet.domain.schedule import Schedule
from ldfleet.domain.site import Site
from ldfleet.domain.view import View
from ldfleet.domain.workstation import Workstation


def of_workstation(workstation: Workstation) -> Mapping[str, Any]:
    """Its address and what stands beside it; the secrets are kept apart."""
    return told(
        {
            "name": workstation.name,
            **asdict(workstation.address),
            "ldplayer_path": workstation.ldplayer_path,
            "tags": workstation.tags,
            "notes": workstation.notes,
            "site": workstation.site,
            "limits": asdict(workstation.limits),
        }
    )


def of_emulator(emulator: Emulator) -> Mapping[str, Any]:
    """What people say of it."""
    return told({"tags": emulator.tags, "notes": emulator.notes, "protected": emulator.protected})


def of_profile(profile: Profile) -> Mapping[str, Any]:
    """All that `create` takes from it."""
    return told(
        {
            "name": profile.name,
            "settings": asdict(profile.settings),
            "identity": profile.identity,
            "apps": [asdict(app) for app in profile.apps],
            "tags": profile.tags,
            "notes": profile.notes,
        }
    )


def of_schedule(schedule: Schedule) -> Mapping[str, Any]:
    """What it does and when."""
    return told(
        {
            "name": schedule.name,
            "verb": schedule.verb,
            "target": asdict(schedule.target),
            "params": schedule.params,
            "timing": asdict(schedule.timing),
            "overlap": schedule.overlap,
            "misfire": schedule.misfire,
            "grace": schedule.grace,
            "policy": asdict(schedule.policy),
            "enabled": schedule.enabled,
            "notes": schedule.notes,
        }
    )


def of_app(app: LibraryApp) -> Mapping[str, Any]:
    """Which file it is."""
    return told(
        {
            "package": app.facts.package,
            "version_code": app.facts.version_code,
            "version_name": app.facts.version_name,
            "file_name": app.file_name,
            "size": app.size,
            "sha256": app.sha256,
        }
    )


def of_site(site: Site) -> Mapping[str, Any]:
    """What people say of it."""
    return told({"name": site.name, "notes": site.notes})


def of_view(view: View) -> Mapping[str, Any]:
    """What it shows, and to whom."""
    return told(
        {
            "name": view.name,
            "page": view.page,
            "filter": view.filter,
            "sort": view.sort,
            "shared": view.shared,
        }
    )


def told(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    """The fields in plain JSON."""
    return {name: _plain(value) for name, value in fields.items()}


def _plain(value: object) -> Any:
    if isinstance(value, Mapping):
        pairs = cast("Mapping[object, object]", value)
        return {str(key): _plain(item) for key, item in pairs.items()}
    if isinstance(value, str):
        return str(value)
    if isinstance(value, datetime | time):
        return value.isoformat()
    if isinstance(value, Iterable):
        return [_plain(item) for item in cast("Iterable[object]", value)]
    return value
