"""What is kept for the commands to come: logins, and servers by name.

Files in the user's configuration, for nobody else.
"""

import fcntl
import json
import os
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ldfleet import errors
from ldfleet.client.login import Login, Pair

_OWNER_ONLY = 0o600
_LOGINS = "logins.json"
_SERVERS = "servers.json"
PROFILE = "LDFLEET_PROFILE"


@dataclass(frozen=True, slots=True)
class Kept:
    """The login of one server."""

    folder: Path
    url: str

    def login(self) -> Login | None:
        """The login, if there is one; it renews itself."""
        pair = self._pair()
        return None if pair is None else Login(pair, self)

    @contextmanager
    def alone(self) -> Generator[Pair | None]:
        """No other command renews meanwhile; gives what is kept now."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(self.folder / "logins.lock", os.O_WRONLY | os.O_CREAT, _OWNER_ONLY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield self._pair()
        finally:
            os.close(lock)

    def keep(self, pair: Pair) -> None:
        """In place of what was kept; the server becomes the one that is asked by default."""
        known = _read(self.folder / _LOGINS)
        login = {"access_token": pair.access_token, "refresh_token": pair.refresh_token}
        logins = {**known.get("logins", {}), self.url: login}
        _write(self.folder / _LOGINS, {"server": self.url, "logins": logins})

    def forget(self) -> None:
        """Keep none for this server."""
        known = _read(self.folder / _LOGINS)
        logins = {url: kept for url, kept in known.get("logins", {}).items() if url != self.url}
        _write(self.folder / _LOGINS, {"server": known.get("server"), "logins": logins})

    def _pair(self) -> Pair | None:
        kept = _read(self.folder / _LOGINS).get("logins", {}).get(self.url)
        return None if kept is None else Pair(kept["access_token"], kept["refresh_token"])


def folder_of(environ: Mapping[str, str]) -> Path:
    """Where they are kept: `ldfleet` in XDG_CONFIG_HOME, else in ~/.config."""
    return Path(environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "ldfleet"


def last_server(folder: Path) -> str | None:
    """Where somebody signed in last."""
    server: str | None = _read(folder / _LOGINS).get("server")
    return server


class Servers:
    """Servers by the names that somebody gave them, and the one that is asked by default."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / _SERVERS
        kept = _read(self._path)
        self.urls: Mapping[str, str] = kept.get("urls", {})
        self.in_use: str | None = kept.get("in_use")

    def url_of(self, name: str) -> str:
        """Where it is. Raises SettingInvalid."""
        url = self.urls.get(name)
        if url is None:
            known = ", ".join(sorted(self.urls)) or "none; add one: ldfleet config profiles add"
            raise errors.SettingInvalid(
                setting=PROFILE, reason=f"there is no {name!r}; there are: {known}"
            )
        return url

    def keep(self, urls: Mapping[str, str], *, in_use: str | None) -> None:
        """In place of what was kept."""
        _write(self._path, {"urls": dict(urls), "in_use": in_use})
        self.urls, self.in_use = urls, in_use


def chosen_server(environ: Mapping[str, str]) -> str | None:
    """The server of LDFLEET_PROFILE, else the one in use. Raises SettingInvalid."""
    servers = Servers(folder_of(environ))
    name = environ.get(PROFILE, "").strip() or servers.in_use
    return None if name is None else servers.url_of(name)


def _read(path: Path) -> dict[str, Any]:
    try:
        known: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as exc:
        raise errors.SettingsFileUnreadable(path=str(path), reason=str(exc)) from exc
    return known


def _write(path: Path, content: Mapping[str, Any]) -> None:
    """In one step, readable for its owner only from the first byte on."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.stem}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(content, file)
    draft.replace(path)
