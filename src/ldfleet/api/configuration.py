"""The settings that the server runs with."""

from dataclasses import asdict

from fastapi import APIRouter

from ldfleet.api import problems
from ldfleet.api.dependencies import CurrentActor, TheServices
from ldfleet.wire.configuration import SettingOut, SettingsOut

router = APIRouter(prefix="/settings", tags=["server"])


@router.get(
    "",
    summary="Show the settings in force, secrets masked",
    description="They are read at the start: to change one, set its variable and restart.",
    responses=problems.of(),
)
async def get_settings(services: TheServices, actor: CurrentActor) -> SettingsOut:
    found = services.configuration.settings(actor)
    return SettingsOut(items=[SettingOut(**asdict(each)) for each in found])
