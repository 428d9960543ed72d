"""Change the settings of an emulator; a virtual machine that runs keeps its own until it ends."""

from collections.abc import Mapping
from typing import Any

from ldfleet.domain.hardware import params_of, settings_of
from ldfleet.workflows.context import Context
from ldfleet.workflows.hardware import Hardware
from ldfleet.workflows.launch import look_first

AT_NEXT_START = "at next start"
"""ldconsole.md 1.7: settings are read when the virtual machine starts."""


async def modify(context: Context) -> Mapping[str, Any]:
    """Set what is given, and see it in the config file."""
    settings = settings_of(context.operation.params["settings"])
    seen = await look_first(context, damaged_is_fatal=False, new_ids=settings.changes_marker)
    hardware = Hardware(
        errand=context,
        install=context.install,
        index=context.emulator.index,
        name=context.emulator.id,
    )
    file = await hardware.apply(settings, off=seen.off)
    seen = await context.through(lambda: context.look(deep=False), begun=True)
    await context.remember(seen, file)
    found = params_of(settings) if file.config is None else params_of(file.config.hardware)
    return {
        "settings": {name: found[name] for name in settings.given if name in found},
        "takes_effect": AT_NEXT_START,
    }
