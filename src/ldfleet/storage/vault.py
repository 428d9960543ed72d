"""Secrets at rest: AES-256-GCM under a key that is kept in a file outside the database.

A sealed secret is `version (1) · key id (8) · nonce (12) · ciphertext and tag`; whose it is is
bound to it, so that a row copied to another owner can't be read. The key file has a line
`<id> <key>` for each key, newest first: the first seals, all of them unseal.
"""

import base64
import binascii
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ldfleet import errors

_VERSION = b"\x01"
_ID_BYTES, _NONCE_BYTES, _KEY_BYTES = 8, 12, 32
_HEAD = 1 + _ID_BYTES
_SETTING = "LDFLEET_VAULT_KEY_FILE"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Key:
    id: bytes
    secret: bytes = field(repr=False)


class Vault:
    """Seals and unseals; reads its key file at the first use, and makes it where there is none."""

    def __init__(self, path: Path, *, chance: Callable[[int], bytes]) -> None:
        self._path = path
        self._chance = chance
        self._keys: tuple[_Key, ...] = ()

    @property
    def is_there(self) -> bool:
        """Whether there is a key file; else the first use makes one, which opens nothing old."""
        return self._path.exists()

    def seal(self, plain: bytes, *, owner: str) -> bytes:
        """The secret under the newest key, which another process may have added since."""
        self._keys = ()
        key = self._opened()[0]
        nonce = self._chance(_NONCE_BYTES)
        return _VERSION + key.id + nonce + AESGCM(key.secret).encrypt(nonce, plain, owner.encode())

    def unseal(self, sealed: bytes, *, owner: str) -> bytes:
        """The secret back.

        Raises:
            SecretUnreadable: its key is not at hand, or it was changed or moved.
        """
        key = self._key(sealed[1:_HEAD])
        if key is None or sealed[:1] != _VERSION:
            raise errors.SecretUnreadable(owner=owner)
        nonce, ciphertext = sealed[_HEAD : _HEAD + _NONCE_BYTES], sealed[_HEAD + _NONCE_BYTES :]
        try:
            return AESGCM(key.secret).decrypt(nonce, ciphertext, owner.encode())
        except (InvalidTag, ValueError) as error:
            raise errors.SecretUnreadable(owner=owner) from error

    def add_key(self) -> None:
        """Seal with a new key from now on; the older ones stay, for what they sealed."""
        keys = (self._new_key(), *self._opened())
        draft = self._draft(keys)
        draft.replace(self._path)
        self._sync_folder()
        self._keys = keys

    def _key(self, key_id: bytes) -> _Key | None:
        by_id = {key.id: key for key in self._opened()}
        if key_id not in by_id:
            # Another process may have added a key meanwhile.
            self._keys = self._read()
            by_id = {key.id: key for key in self._keys}
        return by_id.get(key_id)

    def _opened(self) -> tuple[_Key, ...]:
        if not self._keys:
            if not self._path.exists():
                self._make()
            self._keys = self._read()
        return self._keys

    def _make(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        draft = self._draft((self._new_key(),))
        try:
            # A link never replaces: of two processes that make the file one wins, for both.
            self._path.hardlink_to(draft)
        except FileExistsError:
            return
        finally:
            draft.unlink()
        self._sync_folder()

    def _new_key(self) -> _Key:
        return _Key(id=self._chance(_ID_BYTES), secret=self._chance(_KEY_BYTES))

    def _draft(self, keys: tuple[_Key, ...]) -> Path:
        draft = self._path.with_name(f".{self._path.name}.{self._chance(4).hex()}")
        lines = (f"{key.id.hex()} {base64.b64encode(key.secret).decode()}\n" for key in keys)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.writelines(lines)
            file.flush()
            os.fsync(descriptor)
        return draft

    def _sync_folder(self) -> None:
        descriptor = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _read(self) -> tuple[_Key, ...]:
        try:
            mode = self._path.stat().st_mode
            lines = self._path.read_text(encoding="ascii").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise self._refused(f"{self._path} can't be read") from error
        if stat.S_IMODE(mode) & 0o077:
            raise self._refused(f"{self._path} is open to others: chmod 600 it")
        keys = tuple(self._parsed(line) for line in lines if line.strip())
        if not keys:
            raise self._refused(f"{self._path} holds no key")
        return keys

    def _parsed(self, line: str) -> _Key:
        key_id, _, secret = line.partition(" ")
        try:
            key = _Key(id=bytes.fromhex(key_id), secret=base64.b64decode(secret, validate=True))
        except (ValueError, binascii.Error) as error:
            raise self._refused(f"{self._path} has a line that is no key") from error
        if (len(key.id), len(key.secret)) != (_ID_BYTES, _KEY_BYTES):
            raise self._refused(f"{self._path} has a key of the wrong length")
        return key

    @staticmethod
    def _refused(reason: str) -> errors.SettingInvalid:
        return errors.SettingInvalid(setting=_SETTING, reason=reason)
