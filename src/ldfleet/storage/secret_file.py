"""A secret in a file of its own, for its owner alone, made at the first use."""

import os
import stat
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path

from ldfleet import errors

_BYTES = 48


def secret_of(path: Path, *, setting: str, chance: Callable[[int], bytes]) -> bytes:
    """What the file holds. Raises SettingInvalid where it is open to others or can't be read."""
    try:
        if not path.exists():
            _make(path, b64encode(chance(_BYTES)), draft_name=chance(4).hex())
        mode, content = path.stat().st_mode, path.read_bytes().strip()
    except OSError as error:
        reason = f"{path} can't be used: {error.strerror}"
        raise errors.SettingInvalid(setting=setting, reason=reason) from error
    if stat.S_IMODE(mode) & 0o077:
        reason = f"{path} is open to others: chmod 600 it"
        raise errors.SettingInvalid(setting=setting, reason=reason)
    if len(content) < _BYTES:
        reason = f"{path} holds no secret of {_BYTES} bytes: remove it, and another one is made"
        raise errors.SettingInvalid(setting=setting, reason=reason)
    return content


def _make(path: Path, secret: bytes, *, draft_name: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{draft_name}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secret + b"\n")
            file.flush()
            os.fsync(file.fileno())
        # A link never replaces: of two processes that make the file one wins, for both.
        path.hardlink_to(draft)
    except FileExistsError:
        return
    finally:
        draft.unlink()
