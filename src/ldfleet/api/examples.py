"""An example of each thing that is sent, by the name of its schema."""

from collections.abc import Mapping
from typing import Any

_ADDRESS: Mapping[str, Any] = {
    "name": "pc-01",
    "host": "10.0.0.5",
    "username": "farm",
    "password": "the PC's password",
    "certificate_sha256": "4f" * 32,
}
_PHONE: Mapping[str, Any] = {
    "name": "phone",
    "settings": {"cpu": 2, "memory_mib": 3072},
    "identity": {"imei": "new"},
    "tags": ["qa"],
}

EXAMPLES: Mapping[str, Any] = {
    "AcknowledgeIn": {"reason": "a new disk is ordered"},
    "AdbIn": {"command": "shell getprop ro.product.model"},
    "ApiTokenIn": {"name": "nightly tests", "role": "operator", "expires_in_days": 30},
    "BackupIn": {"file": "D:\\backups\\phone.ldbk"},
    "BatchIn": {
        "verb": "launch",
        "filter": "status:stopped",
        "policy": {"waves": [1, "25%"], "stop_on_failures": "10%"},
        "dry_run": True,
    },
    "CloneIn": {"name": "twin"},
    "ConsoleIn": {"argv": ["C:\\Windows\\System32\\ipconfig.exe", "/all"]},
    "CreateIn": {"workstation_id": "ws_01m82npqwq7dmjy6n3w7a19187", "name": "phone-07"},
    "EmulatorAsking": {"reason": "the app hangs"},
    "EmulatorPatch": {"tags": ["qa", "spare"], "protected": True},
    "GlobalSettingsIn": {"fps": 30, "audio": False},
    "InstallFolderIn": {"reason": "the end of the shift"},
    "InstallIn": {"file": "D:\\apps\\game.apk"},
    "LaunchIn": {"package": "com.example.game"},
    "LocationIn": {"longitude": 13.4, "latitude": 52.5},
    "LoginIn": {"name": "anna", "password": "her password"},
    "MaintenanceIn": {"reason": "a new graphics card"},
    "ModifyIn": {"settings": {"cpu": 4, "memory_mib": 4096}},
    "PasswordIn": {"current_password": "the old one", "new_password": "a longer new one"},
    "PauseIn": {"reason": "the network is being rebuilt"},
    "PrepareIn": {"servers": ["10.0.0.1"], "ssh": True},
    "ProfileFile": {"ldfleet_profile": 1, **_PHONE},
    "ProfileIn": _PHONE,
    "ProfilePatch": {"notes": "for the nightly tests"},
    "PropertyIn": {"key": "call.number", "value": "15512345678"},
    "RefreshIn": {"refresh_token": "ldr_…"},
    "RenameIn": {"name": "phone-08"},
    "RestoreIn": {"file": "D:\\backups\\phone.ldbk"},
    "RetryIn": {"reason": "the disk has room again"},
    "ScheduleIn": {
        "name": "nightly",
        "verb": "launch",
        "filter": "tag:qa",
        "cron": "30 3 * * mon-fri",
        "zone": "Europe/Berlin",
    },
    "SchedulePatch": {"cron": "0 4 * * *"},
    "SetupIn": {"token": "lds_…", "name": "anna", "password": "a long sentence of hers"},
    "SiteIn": {"name": "berlin"},
    "SitePatch": {"notes": "rack 4, second floor"},
    "TimingIn": {"cron": "30 3 * * mon-fri", "zone": "Europe/Berlin"},
    "UserIn": {"name": "ben", "role": "operator", "password": "a first long sentence"},
    "UserPatch": {"role": "viewer"},
    "ViewIn": {"name": "broken", "page": "emulators", "filter": "status:frozen,degraded"},
    "ViewPatch": {"sort": "-since", "shared": True},
    "WorkstationIn": _ADDRESS,
    "WorkstationsImport": {"rows": [_ADDRESS], "dry_run": True},
    "WorkstationPatch": {"tags": ["qa"], "site": "berlin"},
}
