"""The script that prepares a PC, and its undo: put together from the shipped parts.

A person runs it on the PC, in an elevated PowerShell (docs/prepare-a-workstation.md). What is
filled in is plain letters, digits, dots, colons and dashes only: nothing else can stand in it.
"""

import re
from collections.abc import Mapping

import ldfleet
from ldfleet import errors
from ldfleet.domain.preparation import Preparation
from ldfleet.transports.powershell import text_of

_PLAIN = re.compile(r"[A-Za-z0-9_.:-]+")

_HEADER = """\
# {name}: made by ldfleet {version}. No secret stands in it.
# Read it, then run it on the PC, in PowerShell as administrator:
#   powershell -ExecutionPolicy Bypass -File {name} [-WhatIf] [-Yes]{options}
# It lists every change and asks before it makes any. -WhatIf lists only, -Yes does not ask.
#Requires -Version 5.1
#Requires -RunAsAdministrator
param([switch]$WhatIf,[switch]$Yes{parameters})
"""


def script_of(order: Preparation) -> str:
    """The whole script: ASCII, lines end in CR LF. Raises FieldInvalid for what is not plain."""
    parts = (_header(order), text_of("plan"), _body(order))
    return "\n".join(parts).replace("\n", "\r\n")


def _header(order: Preparation) -> str:
    desktop = ("", "") if order.undo else (" [-DesktopUser NAME]", ",[string]$DesktopUser")
    options, parameters = desktop
    return _HEADER.format(
        name=order.file_name,
        version=ldfleet.__version__,
        options=options,
        parameters=parameters,
    )


def _body(order: Preparation) -> str:
    if order.undo:
        return text_of("undo")
    values: Mapping[str, str] = {
        "servers": f"@({','.join(_literal('servers', each) for each in order.servers)})",
        "user": _literal("user", order.user),
        "rights": _literal("rights", order.rights),
        "ssh": "$true" if order.ssh else "$false",
        "runner": f"@'\n{text_of('run')}\n'@",
    }
    # One pass: what is filled in is not looked into again.
    return re.sub(r"\{\{(\w+)\}\}", lambda found: values[found[1]], text_of("prepare"))


def _literal(field: str, text: str) -> str:
    if not _PLAIN.fullmatch(text):
        raise errors.FieldInvalid(
            field=field, reason="it must be letters, digits and _ . : - only; leave the rest out"
        )
    return f"'{text}'"
