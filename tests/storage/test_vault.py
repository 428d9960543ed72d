"""Secrets at rest."""

import os
import stat
from pathlib import Path

import pytest

from ldfleet import errors
from ldfleet.storage.vault import Vault


def a_vault(path: Path) -> Vault:
    return Vault(path, chance=os.urandom)


def test_what_was_sealed_is_unsealed_after_a_restart(tmp_path: Path) -> None:
    sealed = a_vault(tmp_path / "k").seal(b"hunter2", owner="ws_1")

    assert b"hunter2" not in sealed
    assert a_vault(tmp_path / "k").unseal(sealed, owner="ws_1") == b"hunter2"


def test_the_key_file_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "vault.key"

    a_vault(path).seal(b"x", owner="ws_1")

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["vault.key"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
def test_a_key_file_that_others_can_open_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "k"
    sealed = a_vault(path).seal(b"x", owner="ws_1")
    path.chmod(mode)

    with pytest.raises(errors.SettingInvalid, match="open to others"):
        a_vault(path).unseal(sealed, owner="ws_1")


@pytest.mark.parametrize("content", ["", "zz yy\n", "00 AAAA\n", "0011223344556677 !\n"])
def test_a_key_file_without_a_key_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "k"
    path.touch(mode=0o600)
    path.write_text(content, encoding="ascii")

    with pytest.raises(errors.SettingInvalid):
        a_vault(path).seal(b"x", owner="ws_1")


def test_a_secret_belongs_to_its_owner(tmp_path: Path) -> None:
    vault = a_vault(tmp_path / "k")
    sealed = vault.seal(b"x", owner="ws_1")

    with pytest.raises(errors.SecretUnreadable, match="ws_2"):
        vault.unseal(sealed, owner="ws_2")


@pytest.mark.parametrize("place", [0, 1, 9, 21, -1])
def test_a_changed_secret_is_unreadable(tmp_path: Path, place: int) -> None:
    vault = a_vault(tmp_path / "k")
    sealed = bytearray(vault.seal(b"hunter2", owner="ws_1"))
    sealed[place] ^= 1

    with pytest.raises(errors.SecretUnreadable):
        vault.unseal(bytes(sealed), owner="ws_1")


@pytest.mark.parametrize("length", [0, 1, 9, 12, 21, 30])
def test_a_cut_secret_is_unreadable(tmp_path: Path, length: int) -> None:
    vault = a_vault(tmp_path / "k")
    sealed = vault.seal(b"hunter2", owner="ws_1")

    with pytest.raises(errors.SecretUnreadable):
        vault.unseal(sealed[:length], owner="ws_1")


def test_another_key_reads_nothing(tmp_path: Path) -> None:
    sealed = a_vault(tmp_path / "one").seal(b"x", owner="ws_1")

    with pytest.raises(errors.SecretUnreadable):
        a_vault(tmp_path / "two").unseal(sealed, owner="ws_1")


def test_equal_secrets_are_sealed_differently(tmp_path: Path) -> None:
    vault = a_vault(tmp_path / "k")

    assert vault.seal(b"x", owner="ws_1") != vault.seal(b"x", owner="ws_1")


def test_a_new_key_seals_and_the_old_one_still_reads(tmp_path: Path) -> None:
    vault = a_vault(tmp_path / "k")
    old = vault.seal(b"x", owner="ws_1")

    vault.add_key()
    new = vault.seal(b"x", owner="ws_1")

    assert old[1:9] != new[1:9]
    assert vault.unseal(old, owner="ws_1") == vault.unseal(new, owner="ws_1") == b"x"
    assert stat.S_IMODE((tmp_path / "k").stat().st_mode) == 0o600


def test_a_key_that_another_process_added_is_found(tmp_path: Path) -> None:
    mine, other = a_vault(tmp_path / "k"), a_vault(tmp_path / "k")
    mine.seal(b"x", owner="ws_1")
    other.add_key()

    theirs = other.seal(b"y", owner="ws_1")

    assert mine.unseal(theirs, owner="ws_1") == b"y"


def test_a_secret_is_sealed_with_the_key_that_another_process_added(tmp_path: Path) -> None:
    mine, other = a_vault(tmp_path / "k"), a_vault(tmp_path / "k")
    before = mine.seal(b"x", owner="ws_1")
    other.add_key()

    assert mine.seal(b"x", owner="ws_1")[1:9] != before[1:9]


def test_two_vaults_that_start_together_make_one_key(tmp_path: Path) -> None:
    one, two = a_vault(tmp_path / "k"), a_vault(tmp_path / "k")

    sealed = one.seal(b"x", owner="ws_1")

    assert two.unseal(sealed, owner="ws_1") == b"x"


def test_no_key_shows_in_a_representation(tmp_path: Path) -> None:
    vault = a_vault(tmp_path / "k")
    vault.seal(b"x", owner="ws_1")
    secret = (tmp_path / "k").read_text(encoding="ascii").split()[1]

    assert secret not in repr(vars(vault))
