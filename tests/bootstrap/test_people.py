"""The secret that signs access tokens, and a server that is served over TLS or behind a proxy."""

import signal
import ssl
import stat
from pathlib import Path

import httpx
import pytest

from ldfleet import errors, settings
from ldfleet.bootstrap.people import signing_secret
from ldfleet.settings import Settings
from ldfleet.simulator.winrm.certificates import self_signed
from support.accounts import PASSWORD
from support.programs import Program, ldfleet


def loaded(folder: Path, **given: object) -> Settings:
    return settings.load({}, env_file=None, data_dir=folder / "data", **given)


def test_the_signing_secret_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    first = signing_secret(loaded(tmp_path))

    made = tmp_path / "data" / "jwt.secret"
    assert signing_secret(loaded(tmp_path)) == first
    assert len(first) == 64
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    assert list(made.parent.iterdir()) == [made]


def test_a_secret_of_the_settings_wins(tmp_path: Path) -> None:
    assert signing_secret(loaded(tmp_path, jwt_secret="chosen by hand")) == b"chosen by hand"
    assert not (tmp_path / "data").exists()


def test_a_secret_that_others_can_read_is_refused(tmp_path: Path) -> None:
    signing_secret(loaded(tmp_path))
    (tmp_path / "data" / "jwt.secret").chmod(0o644)

    with pytest.raises(errors.SettingInvalid, match="chmod 600"):
        signing_secret(loaded(tmp_path))


def test_a_file_without_a_secret_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "empty"
    file.touch(mode=0o600)

    with pytest.raises(errors.SettingInvalid, match="holds no secret"):
        signing_secret(loaded(tmp_path, jwt_secret_file=file))


def test_a_server_with_tls_lets_its_first_admin_in_from_the_command_line(tmp_path: Path) -> None:
    certificate, key = tmp_path / "fleet.pem", tmp_path / "fleet.key"
    made = self_signed("localhost", 1)
    certificate.write_text(made.pem)
    key.write_text(made.key_pem)
    environment = {
        "HOME": str(tmp_path),
        "LDFLEET_DATA_DIR": str(tmp_path / "data"),
        "LDFLEET_PORT": "0",
        "LDFLEET_ENVIRONMENT": "production",
        "LDFLEET_TLS_CERTIFICATE": str(certificate),
        "LDFLEET_TLS_KEY": str(key),
        "LDFLEET_TRUSTED_PROXIES": "127.0.0.1",
    }
    with Program(["serve"], folder=tmp_path / "out", environment=environment) as server:
        url = server.wait_for_words("ldfleet: https").split()[-1]
        token = server.wait_for_words("  lds_").strip()
        user = {"HOME": str(tmp_path), "SSL_CERT_FILE": str(certificate), "LDFLEET_URL": url}
        done = ldfleet("setup", "--name", "anna", environment=user, stdin=f"{token}\n{PASSWORD}\n")
        asked = ldfleet("whoami", environment=user)
        login = httpx.post(
            f"{url}/api/auth/login",
            json={"name": "anna", "password": PASSWORD, "kind": "cookie"},
            headers={"X-Forwarded-For": "192.0.2.77"},
            verify=ssl.create_default_context(cafile=str(certificate)),
        )
        told = server.told()
        server.end(signal.SIGTERM)

    assert done.returncode == 0, done.stderr
    assert "anna" in asked.stdout
    assert login.is_success, login.text
    assert all("Secure" in each for each in login.headers.get_list("set-cookie"))
    assert PASSWORD not in told
    assert str(login.json()["csrf_token"]) not in told
