"""The settings tree."""

from pathlib import Path

import pytest

from ldfleet import errors, settings


def test_every_setting_has_a_default(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))

    loaded = settings.load({}, env_file=None)

    assert loaded.effective_database_url == f"sqlite:///{tmp_path}/.local/share/ldfleet/ldfleet.db"
    assert loaded.debug is False
    assert loaded.host == "127.0.0.1"


def test_the_environment_wins_over_the_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / ".env"
    file.write_text("LDFLEET_PORT=1000\nLDFLEET_HOST=127.0.0.2\n")
    monkeypatch.setenv("LDFLEET_PORT", "2000")

    loaded = settings.load({"LDFLEET_PORT": "2000"}, env_file=file)

    assert (loaded.port, loaded.host) == (2000, "127.0.0.2")


def test_a_refused_value_names_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LDFLEET_PORT", "70000")

    with pytest.raises(errors.SettingInvalid, match="LDFLEET_PORT") as caught:
        settings.load({"LDFLEET_PORT": "70000"}, env_file=None)

    assert "65535" in caught.value.reason


def test_a_misspelt_variable_is_refused() -> None:
    with pytest.raises(errors.SettingInvalid, match="LDFLEET_PROT is refused: there is no such"):
        settings.load({"LDFLEET_PROT": "1"}, env_file=None)


def test_a_misspelt_line_of_the_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("LDFLEET_PROT=1\n")

    with pytest.raises(errors.SettingInvalid, match="LDFLEET_PROT is refused: there is no such"):
        settings.load({}, env_file=file)


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_bytes(b"LDFLEET_HOST=\xff\xfe\n")

    with pytest.raises(errors.SettingsFileUnreadable, match=r"\.env can't be read"):
        settings.load({}, env_file=file)


GOOD_SECRET = "7hQ2vX9mLp4sTz6wKd8rNc3yBf5gJa1e"


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"debug": True}, "LDFLEET_DEBUG"),
        ({"host": "0.0.0.0"}, "LDFLEET_HOST"),  # noqa: S104 - it is what is refused
        ({"jwt_secret": "short"}, "LDFLEET_JWT_SECRET"),
        ({"jwt_secret": "a" * 64}, "LDFLEET_JWT_SECRET"),
        ({"jwt_secret": "changeme" + GOOD_SECRET}, "LDFLEET_JWT_SECRET"),
    ],
    ids=["debug", "plain HTTP for all", "short secret", "dull secret", "default secret"],
)
def test_production_refuses_what_is_only_fit_for_trying_out(
    given: dict[str, object], named: str
) -> None:
    with pytest.raises(errors.SettingInvalid) as refused:
        settings.load({}, env_file=None, environment="production", **given)

    assert refused.value.setting == named
    assert "Value error" not in str(refused.value)


@pytest.mark.parametrize(
    "given",
    [
        {"tls_certificate": "fleet.pem", "tls_key": "fleet.key"},
        {"allow_plain_http": True},
        {"jwt_secret": GOOD_SECRET, "host": "127.0.0.1"},
    ],
    ids=["TLS", "said so", "a good secret"],
)
def test_production_serves_others_with_tls_or_knowingly(given: dict[str, object]) -> None:
    wanted = {"host": "0.0.0.0", **given}  # noqa: S104 - it is what is asked for

    loaded = settings.load({}, env_file=None, environment="production", **wanted)

    assert loaded.host == wanted["host"]
    assert GOOD_SECRET not in repr(loaded)


def test_a_certificate_needs_its_key() -> None:
    with pytest.raises(errors.SettingInvalid, match="LDFLEET_TLS_KEY"):
        settings.load({}, env_file=None, tls_certificate="fleet.pem")


def test_production_serves_on_loopback() -> None:
    loaded = settings.load({}, env_file=None, environment="production", host="::1")

    assert loaded.environment is settings.Environment.PRODUCTION


def test_the_databases_password_may_stand_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("p@ss/word\n")
    url = "postgresql://fleet@db/fleet"

    loaded = settings.load({}, env_file=None, database_url=url, database_password_file=file)

    assert loaded.effective_database_url == "postgresql://fleet:p%40ss%2Fword@db/fleet"


@pytest.mark.parametrize(
    ("url", "name", "reason"),
    [
        ("sqlite:////fleet.db", "password", "without a password"),
        ("postgresql://fleet:known@db/fleet", "password", "without a password"),
        ("postgresql://fleet@db/fleet", "missing", "can't be read"),
    ],
    ids=["sqlite", "two passwords", "no file"],
)
def test_a_password_file_that_does_not_fit_is_refused(
    tmp_path: Path, url: str, name: str, reason: str
) -> None:
    (tmp_path / "password").write_text("secret")
    file = tmp_path / name
    loaded = settings.load({}, env_file=None, database_url=url, database_password_file=file)

    with pytest.raises(errors.SettingInvalid, match=f"DATABASE_PASSWORD_FILE.*{reason}") as met:
        _ = loaded.effective_database_url

    assert "known" not in str(met.value)


@pytest.mark.parametrize(
    "url",
    ["fleet.example.com", "ftp://x", "https://", "https://me:pw@x", "http://x/?a=1", 'http://x/"'],
)
def test_the_public_address_must_be_one(url: str) -> None:
    with pytest.raises(errors.SettingInvalid, match=r"LDFLEET_PUBLIC_URL.*https://fleet"):
        settings.load({}, env_file=None, public_url=url)


def test_the_public_address_may_have_a_path() -> None:
    loaded = settings.load({}, env_file=None, public_url="https://x.example.com/fleet/")

    assert loaded.public_url == "https://x.example.com/fleet"
