"""All that can be wrong with a simulated machine, to be switched while it runs.

Each field is a JSON scalar. Seconds are simulated ones unless the line says `real`.
"""

from dataclasses import dataclass

Which = bool | int | str
"""Which emulators (or commands): False none, True or "all" every one, else the index or verb."""


def concerns(which: Which, what: int | str) -> bool:
    """Whether a switch means this index or verb. 0 is an index, False is nothing."""
    if isinstance(which, bool):
        return which
    return which in ("all", what)


@dataclass(slots=True, kw_only=True)
class Quirks:
    """Faults first, then habits of LDPlayer that builds or observers disagree about."""

    # The workstation
    no_desktop_session: bool = False
    """Nobody is logged on; programs of the session that was there have ended."""
    disconnected_session: bool = False
    """Logged on, but no live desktop: running emulators go on, new ones hang (ldconsole.md 9)."""
    no_desktop_task: bool = False
    full_disk: bool = False
    free_bytes_c: int | None = None
    free_bytes_d: int | None = None
    access_denied: str = ""
    """A path; reading or writing it, or anything below it, is refused."""
    slow_commands_s: float = 0.0
    """Real seconds a program takes before it does anything."""
    slow_answers_s: float = 0.0
    """Real seconds ldconsole takes after it has done its work."""
    program_missing: str = ""
    """The name of a program that this Windows lacks, as cscript.exe."""
    program_garbage: str = ""
    """… that prints nonsense and ends well."""
    program_hangs: str = ""
    """… that never ends."""
    filtered_token: bool = False
    """The login is an administrator's without an administrator's rights (winrm.md 5.2)."""
    winrm_shells: int = 2147483647
    """What WinRM's settings say of shells for each user; the quota itself is `quota_shells`."""
    skip_cmd_shell_ignored: bool = False
    """WinRS goes through cmd.exe though told not to (winrm.md 6)."""

    # LDPlayer
    not_installed: bool = False
    registry_missing: bool = False
    wedged_service: bool = False
    """Ld9BoxSVC hangs: no VM starts. Killing the service cures it."""
    hang_boot: Which = False
    """A VM, but its guest never answers."""
    stuck_starting: Which = False
    zombie: Which = False
    """Running emulators lose their VM: state 1, vmPid -1."""
    crashing_emulator: float | None = None
    """Dies that many seconds after its boot."""
    crashing_index: Which = True
    adb_off: bool = False
    adb_offline: Which = False
    """Listed as offline, until somebody connects to its port anew."""
    adb_unauthorized: Which = False
    adb_stranger: Which = False
    """Another maker's emulator holds its port (ldconsole.md 8, collisions)."""
    adb_hangs: Which = False
    """Its shell takes a command and never answers."""
    adb_cut_after: int | None = None
    """Bytes that a device's service sends over ADB before its connection is cut."""
    garbage_list2: bool = False
    truncated_config: Which = False
    ldconsole_hangs: Which = False
    ldconsole_denied: bool = False
    code_page: str = "gbk"
    """Python codec name of the ANSI page: "gbk", "utf-8", "cp1251" …"""

    downloads_blocked: bool = False
    """Nothing can be fetched from elsewhere: a firewall."""
    downloads_torn: bool = False
    """Half of what is fetched arrives, and nobody says so."""
    apk_refused: str = ""
    """Android's word for why, as INSTALL_FAILED_INSUFFICIENT_STORAGE."""
    store_installs_nothing: bool = False
    uninstall_ignored: bool = False
    apps_die: bool = False
    """An app that is run ends at once."""
    apps_stay: bool = False
    """killapp ends nothing."""
    settings_dropped: bool = False
    """globalsetting and setprop are taken without a word, and not kept."""
    place_not_written: bool = False
    """locate writes nothing into the config file, as builds before 14 may not."""
    backup_ignored: bool = False
    """backup and restore are taken without a word, and do nothing."""

    # Habits
    session_0_boots: bool = False
    boot_s: float = 20.0
    boot_storm_limit: int = 4
    add_s: float = 2.0
    add_disappears: bool = False
    """`add` answers an index, but no emulator comes of it."""
    add_half_made: bool = False
    """What `add` makes has no config file (ldconsole.md 7)."""
    copy_refused: bool = False
    """`copy` does nothing, without a word."""
    copy_s: float = 60.0
    copy_blocks: bool = True
    backup_s: float = 90.0
    default_adb_debug: int = 0
    kill_truncates_config: bool = True
    zombie_ignores_quit: bool = True
    quit_ignored: Which = False
    reboot_ignored: Which = False
    remove_refuses_running: bool = True
    remove_leaves_folder: bool = False
    recreate_after_remove: int = 0
    """So many times (true: always) an empty 8-key emulator comes back at the index."""
    children_die_with_shell: bool = True
    max_cpu: int = 4
    usage_exit_code: int = 0
    missing_exit_code: int = 0
    failed_copy_exit_code: int = 0
