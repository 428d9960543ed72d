"""Finding LDPlayer on a workstation: where to look, and what the findings mean.

Registry, running players, a person's word and the usual folders only give candidates; the
files that make an install (ldconsole.md 2.3) decide. Over WinRM the current user's hive is
the account's, not the desktop user's, so only HKLM is asked (ldconsole.md 2.4).
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ldfleet.domain.facts import Install
from ldfleet.domain.process import ProcessResult
from ldfleet.ldplayer.generations import generation_of
from ldfleet.ldplayer.layout import adb_of, folder, ldconsole_of
from ldfleet.ldplayer.text import lines

_VIEWS = (r"HKLM\SOFTWARE", r"HKLM\SOFTWARE\WOW6432Node")
_KEYS = (
    "XuanZhi",
    "leidian",
    "Changzhi",
    *(
        rf"Microsoft\Windows\CurrentVersion\Uninstall\{name}"
        # LDPlayer14 is inferred: nobody wrote down what 14 leaves there
        for name in (
            "LDPlayer",
            "LDPlayer4",
            "LDPlayer9",
            "LDPlayer14",
            "leidian",
            "leidian4",
            "leidian9",
        )
    ),
)
REGISTRY_QUERIES: tuple[tuple[str, ...], ...] = tuple(
    ("reg.exe", "query", rf"{view}\{key}", "/s") for view in _VIEWS for key in _KEYS
)
"""Each ends with exit code 1 where there is no such key, which is an answer too."""

# reg.exe writes the console's page, which nothing tells over WinRM: a path outside ASCII is
# read in all of these, and only the one that exists becomes an install
PAGES = ("utf-8", "gbk", "cp866", "cp1251", "cp437", "cp850", "cp1252", "cp1258")

_VALUE = re.compile(rb" {4}(\S.*?) {4}REG_(?:EXPAND_)?SZ {4}(.+)")
_FOLDER_VALUES = ("InstallDir", "InstallPath", "InstallLocation")
_FILE_VALUES = ("DisplayIcon", "UninstallString")
_PROGRAM = re.compile(r'"?(?P<path>[^"]*\\[^"\\]+?\.exe)\b', re.IGNORECASE)

# ldconsole.md 2.3, most common first
_USUAL_FOLDERS = (
    r"LDPlayer\LDPlayer9",
    r"LDPlayer\LDPlayer14",
    r"LDPlayer\LDPlayer4.0",
    r"LDPlayer\LDPlayer64",
    r"leidian\LDPlayer9",
    r"leidian\LDPlayer14",
    r"leidian\LDPlayer4",
    r"soft\leidian\LDPlayer9",
    r"Program Files\LDPlayer\LDPlayer9",
    r"Program Files\LDPlayer\LDPlayer14",
    r"Program Files (x86)\LDPlayer\LDPlayer9",
    r"Program Files (x86)\LDPlayer\LDPlayer4.0",
    r"ChangZhi\dnplayer2",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryFinding:
    """A registry key that names a folder; `data_dir` is where vms lies, if it says so."""

    install_dir: str
    data_dir: str | None = None
    version: str | None = None


def read_registry(outputs: Iterable[ProcessResult]) -> list[RegistryFinding]:
    """What the answers to REGISTRY_QUERIES name; keys without a folder are left out."""
    findings: dict[RegistryFinding, None] = {}
    for output in outputs:
        for values in _keys(output.stdout):
            findings.update(dict.fromkeys(_findings(values)))
    return list(findings)


def _keys(printed: bytes) -> Iterator[Mapping[str, bytes]]:
    values: dict[str, bytes] = {}
    for line in lines(printed):
        if line.startswith(b"HKEY_"):
            yield values
            values = {}
        elif match := _VALUE.fullmatch(line):
            values[match[1].decode("ascii", errors="replace")] = match[2].strip()
    yield values


def _findings(values: Mapping[str, bytes]) -> Iterator[RegistryFinding]:
    for texts in _decoded(values):
        if install := _install_dir(texts):
            yield RegistryFinding(
                install_dir=install,
                data_dir=folder(texts["DataDir"]) if "DataDir" in texts else None,
                version=texts.get("DisplayVersion"),
            )


def _decoded(values: Mapping[str, bytes]) -> Iterator[Mapping[str, str]]:
    for page in PAGES:
        try:
            yield {name: raw.decode(page) for name, raw in values.items()}
        except UnicodeDecodeError:
            continue


def _install_dir(texts: Mapping[str, str]) -> str | None:
    for name in _FOLDER_VALUES:
        if path := folder(texts.get(name, "")):
            return path
    for name in _FILE_VALUES:
        if match := _PROGRAM.match(texts.get(name, "")):
            return folder(match["path"].rpartition("\\")[0])
    return None


def candidates(
    *,
    person: str | None = None,
    players: Iterable[str] = (),
    registry: Iterable[RegistryFinding] = (),
    drives: Iterable[str] = (),
) -> tuple[str, ...]:
    r"""Folders that may hold LDPlayer, the surest first, each once.

    `person` is the path that was set by a person: a folder or a program in it; `players` are
    paths of running dnplayer.exe; `drives` are letters (`C`, `C:` or `C:\`).
    """
    found = [
        *([_folder_of(person)] if person else []),
        *(_folder_of(path) for path in players),
        *(finding.install_dir for finding in registry),
        *(rf"{letter[:1]}:\{usual}" for letter in drives for usual in _USUAL_FOLDERS),
    ]
    return _once(found)


def _folder_of(path: str) -> str:
    clean = folder(path)
    return clean.rpartition("\\")[0] if clean.lower().endswith(".exe") else clean


def _once(paths: Iterable[str]) -> tuple[str, ...]:
    first: dict[str, str] = {}
    for path in paths:
        if path:
            first.setdefault(path.casefold(), path)
    return tuple(first.values())


def files_of(install_folder: str) -> tuple[str, str]:
    """The two files that must both exist (ldconsole.md 2.3)."""
    return ldconsole_of(install_folder), adb_of(install_folder)


def paths_to_look_at(
    folders: Iterable[str], registry: Iterable[RegistryFinding] = ()
) -> tuple[str, ...]:
    """What `installs` has to know the existence of, for one question to the workstation."""
    files = (file for path in folders for file in files_of(path))
    return _once([*files, *(finding.data_dir or "" for finding in registry)])


def installs(
    existing: Collection[str],
    folders: Sequence[str],
    *,
    registry: Iterable[RegistryFinding] = (),
    versions: Mapping[str, str | None] | None = None,
) -> tuple[Install, ...]:
    """The candidates that are LDPlayers; `existing` are those of `paths_to_look_at` that exist.

    `versions` are those of the banners, by folder; the registry's come second.
    """
    there = {path.casefold() for path in existing}
    banners = {folder(path).casefold(): version for path, version in (versions or {}).items()}
    known = _by_folder(registry)
    return tuple(
        _install(path, known.get(path.casefold(), []), banners.get(path.casefold()), there)
        for path in _once(folder(each) for each in folders)
        if all(file.casefold() in there for file in files_of(path))
    )


def _by_folder(registry: Iterable[RegistryFinding]) -> Mapping[str, list[RegistryFinding]]:
    known: dict[str, list[RegistryFinding]] = {}
    for finding in registry:
        known.setdefault(finding.install_dir.casefold(), []).append(finding)
    return known


def _install(
    path: str,
    findings: Sequence[RegistryFinding],
    banner: str | None,
    there: Collection[str],
) -> Install:
    version = banner or next((each.version for each in findings if each.version), None)
    named = (each.data_dir for each in findings if each.data_dir)
    data = next((path for path in named if path.casefold() in there), None)
    return Install(
        path=path,
        generation=generation_of(path, version).number,
        version=version,
        data_path=data or rf"{path}\vms",
    )
