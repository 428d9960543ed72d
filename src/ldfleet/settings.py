"""Every setting, in one tree: environment variables `LDFLEET_…` and the file `.env`."""

import re
from collections.abc import Mapping
from enum import StrEnum, auto
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote, urlsplit

import pydantic
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from ldfleet import errors
from ldfleet.wording import rule_of

PREFIX = "LDFLEET_"
_SECRET_LENGTH = 32
_ODD = re.compile(r"[\s\"\\]")  # what no line of a configuration of curl may hold
_SECRET_KINDS = 12  # different characters in a secret by chance
_CLIENT_ONLY = frozenset({"LDFLEET_URL", "LDFLEET_TOKEN", "LDFLEET_PASSWORD"})


class Environment(StrEnum):
    """What kind of installation this is."""

    DEVELOPMENT = auto()
    PRODUCTION = auto()


class LogLevel(StrEnum):
    """The least important log lines that are written."""

    DEBUG = "DEBUG"
    INFO = "INFO"
    WARNING = "WARNING"
    ERROR = "ERROR"


class LogFormat(StrEnum):
    """JSON lines for machines, or coloured text for a developer's eyes."""

    JSON = auto()
    TEXT = auto()


class _Unfit(ValueError):
    """A setting that does not go with others."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(reason)
        self.name = name
        self.reason = reason


class Settings(BaseSettings):
    """Each field is the variable `LDFLEET_<NAME>`; seconds where nothing else is said."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file_encoding="utf-8",
        extra="forbid",
        frozen=True,
        use_attribute_docstrings=True,
    )

    environment: Environment = Environment.DEVELOPMENT
    """`development` or `production`, which refuses debug, weak secrets, and plain HTTP beyond this
    machine."""
    debug: bool = False
    """Debug log lines. Never more detail in answers."""
    data_dir: Path = Field(default_factory=lambda: Path.home() / ".local/share/ldfleet")
    """Where the SQLite database and the files of secrets are kept by default."""
    database_url: str = ""
    """`sqlite:///path` or `postgresql://user:password@host/name` (extra `ldfleet[postgres]`).
    Default: SQLite in the data directory."""
    database_password_file: Path | None = None
    """A file with the password of the database's user, for a URL without one."""
    vault_key_file: Path | None = None
    """The key of the stored credentials, made when the first password is stored. Default:
    `vault.key` in the data directory. Back it up apart from the database."""
    jwt_secret: SecretStr | None = None
    """What access tokens are signed with, the same for all servers of one database; production
    wants 32 characters by chance. Default: that of the file."""
    jwt_secret_file: Path | None = None
    """The file of that secret, made at the first start and never inside the database. Default:
    `jwt.secret` in the data directory."""
    host: str = "127.0.0.1"
    """The address the server listens on."""
    port: int = Field(default=8080, ge=0, le=65535)
    """The port the server listens on; 0: any free one."""
    tls_certificate: Path | None = None
    """The server's certificate with its chain (PEM): it then speaks HTTPS itself."""
    tls_key: Path | None = None
    """The private key of that certificate (PEM)."""
    public_url: str = ""
    """Where the PCs reach this server to fetch apps: `https://fleet.example.com`. Workers need it,
    too. Default: the address it listens on, which does for PCs only if that is one of theirs."""
    trusted_proxies: str = ""
    """Addresses of reverse proxies, comma-separated, whose `X-Forwarded-For` and
    `X-Forwarded-Proto` are believed. Without them all logins through a proxy seem to come from
    it, and are held up together."""
    allow_plain_http: bool = False
    """Production on an address beyond this machine without TLS: only where the network in between
    is trusted, as that of a container is."""
    rate_limit: float = Field(default=100.0, ge=0)
    """Requests a second that one account or token may send on and on; 0: no limit. Health is never
    limited."""
    rate_burst: int = Field(default=1000, ge=1)
    """Requests that one account or token may send at once."""
    log_level: LogLevel = LogLevel.INFO
    """The least important log lines that are written: `DEBUG`, `INFO`, `WARNING`, `ERROR`."""
    log_format: LogFormat = LogFormat.JSON
    """`json`, or `text` for eyes."""
    poll_idle: float = Field(default=30.0, ge=1)
    """Between two looks at a workstation where nothing runs."""
    poll_active: float = Field(default=10.0, ge=0.5)
    """Between two looks where an emulator is starting or running."""
    poll_operation: float = Field(default=2.0, ge=0.2)
    """Between two looks while an operation runs there."""
    scans_at_once: int = Field(default=50, ge=1)
    """Workstations that are looked at at the same time."""
    commands_at_once: int = Field(default=200, ge=1)
    """Remote commands in flight, over all workstations."""
    operations_at_once: int = Field(default=200, ge=1)
    """Operations running at the same time, over all workstations."""
    queue_ttl: float = Field(default=86_400.0, ge=1)
    """How long an operation waits for a workstation that is unreachable, refuses the login or is in
    maintenance; then it ends as `expired`."""
    keep_operations_hours: float = Field(default=720.0, ge=1)
    """Hours that ended operations are kept, with their steps and log; those of a batch under way
    are kept longer."""
    app_dir: Path | None = None
    """Where the files of the app library are kept; the same folder for all servers of one database.
    Default: `apps` in the data directory."""
    app_size_limit: int = Field(default=4 << 30, ge=1 << 20)
    """Bytes that a file of the app library may have."""
    app_library_limit: int = Field(default=50 << 30, ge=1 << 20)
    """Bytes that all files of the app library together may have."""
    lease: float = Field(default=30.0, ge=1)
    """How long a runner holds an operation without renewing; renewed every third of it."""

    @property
    def effective_database_url(self) -> str:
        """The database's URL, defaults resolved. Raises SettingInvalid."""
        if self.database_password_file is None:
            return self.database_url or f"sqlite:///{self.data_dir / 'ldfleet.db'}"
        return _with_password(self.database_url, self.database_password_file)

    @property
    def database_setting(self) -> str:
        """The variable that says where the database is."""
        return PREFIX + ("DATABASE_URL" if self.database_url else "DATA_DIR")

    @property
    def effective_vault_key_file(self) -> Path:
        """The vault's key file, defaults resolved."""
        return self.vault_key_file or self.data_dir / "vault.key"

    @property
    def effective_jwt_secret_file(self) -> Path:
        """The file that signs access tokens, defaults resolved."""
        return self.jwt_secret_file or self.data_dir / "jwt.secret"

    @property
    def effective_app_dir(self) -> Path:
        """The folder of the app library, defaults resolved."""
        return self.app_dir or self.data_dir / "apps"

    @pydantic.field_validator("public_url")
    @classmethod
    def _is_an_address(cls, url: str) -> str:
        parts = urlsplit(url)
        whole = parts.scheme in {"http", "https"} and parts.hostname and not parts.username
        if url and (not whole or parts.query or parts.fragment or _ODD.search(url)):
            raise ValueError("it must be an address as https://fleet.example.com")
        return url.rstrip("/")

    @pydantic.model_validator(mode="after")
    def _tls_is_whole(self) -> Self:
        if (self.tls_certificate is None) is not (self.tls_key is None):
            missing = "tls_certificate" if self.tls_certificate is None else "tls_key"
            raise _Unfit(
                missing, "LDFLEET_TLS_CERTIFICATE and LDFLEET_TLS_KEY belong together: set both"
            )
        return self

    @pydantic.model_validator(mode="after")
    def _fit_for_production(self) -> Self:
        if self.environment is Environment.PRODUCTION:
            if self.debug:
                raise _Unfit("debug", "it must be off in production")
            plain = self.tls_certificate is None and not self.allow_plain_http
            if plain and not _is_loopback(self.host):
                raise _Unfit(
                    "host",
                    "in production it must be a loopback address with a TLS proxy in front of it; "
                    "else set LDFLEET_TLS_CERTIFICATE and LDFLEET_TLS_KEY",
                )
            if self.jwt_secret is not None and _is_weak(self.jwt_secret.get_secret_value()):
                raise _Unfit(
                    "jwt_secret",
                    f"in production it must have {_SECRET_LENGTH} characters by chance: take "
                    "those of `openssl rand -base64 48`, or leave it out",
                )
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What is passed in wins over the environment, that over `.env`."""
        del settings_cls, file_secret_settings
        return init_settings, env_settings, dotenv_settings


def load(
    environ: Mapping[str, str], *, env_file: Path | None = Path(".env"), **given: Any
) -> Settings:
    """The settings, all validated.

    Raises:
        SettingInvalid: a value is refused, or there is no such setting.
        SettingsFileUnreadable: the file is there and can't be read.
    """
    _refuse_unknown(environ)
    try:
        values: Any = {"_env_file": env_file, **given}
        return Settings(**values)
    except pydantic.ValidationError as exc:
        raise _refusal(exc) from exc
    except (OSError, UnicodeDecodeError) as exc:
        raise errors.SettingsFileUnreadable(path=str(env_file), reason=str(exc)) from exc


def _refusal(refused: pydantic.ValidationError) -> errors.SettingInvalid:
    first = refused.errors(include_url=False, include_input=False)[0]
    unfit = first.get("ctx", {}).get("error")
    if isinstance(unfit, _Unfit):
        return errors.SettingInvalid(setting=PREFIX + unfit.name.upper(), reason=unfit.reason)
    name = str(first["loc"][0])
    if name not in Settings.model_fields:
        return errors.SettingInvalid(setting=name.upper(), reason="there is no such setting")
    reason = rule_of(first["type"], first["msg"], first.get("ctx"))
    return errors.SettingInvalid(setting=PREFIX + name.upper(), reason=reason)


def _with_password(url: str, file: Path) -> str:
    setting = f"{PREFIX}DATABASE_PASSWORD_FILE"
    found = re.fullmatch(r"(postgresql://[^:@/]+)(@.*)", url)
    if found is None:
        reason = "the URL must be postgresql://user@host/name, without a password"
        raise errors.SettingInvalid(setting=setting, reason=reason)
    try:
        password = file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as exc:
        raise errors.SettingInvalid(setting=setting, reason=f"{file} can't be read") from exc
    return f"{found[1]}:{quote(password, safe='')}{found[2]}"


def _is_weak(secret: str) -> bool:
    told = secret.casefold()
    common = any(
        word in told for word in ("secret", "password", "changeme", "change-me", "ldfleet")
    )
    return len(secret) < _SECRET_LENGTH or len(set(secret)) < _SECRET_KINDS or common


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _refuse_unknown(environ: Mapping[str, str]) -> None:
    known = {PREFIX + name.upper() for name in Settings.model_fields} | _CLIENT_ONLY
    for name in sorted(environ):
        if name.upper().startswith(PREFIX) and name.upper() not in known:
            raise errors.SettingInvalid(setting=name, reason="there is no such setting")
