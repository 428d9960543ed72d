"""Every setting, in one tree: environment variables `LDFLEET_…` and the file `.env`."""

from collections.abc import Mapping
from enum import StrEnum, auto
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Self

import pydantic
from pydantic import Field
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from ldfleet import errors

PREFIX = "LDFLEET_"
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


class Settings(BaseSettings):
    """Each field is the variable `LDFLEET_<NAME>`; seconds where nothing else is said."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file_encoding="utf-8", extra="forbid", frozen=True
    )

    environment: Environment = Environment.DEVELOPMENT
    """`production` refuses debug, and plain HTTP beyond this machine."""
    debug: bool = False
    """Debug log lines. Never more detail in answers."""
    data_dir: Path = Field(default_factory=lambda: Path.home() / ".local/share/ldfleet")
    """Where the SQLite database and the vault's key file are kept by default."""
    database_url: str = ""
    """`sqlite:///path` or `postgresql://…`; empty: SQLite in the data directory."""
    vault_key_file: Path | None = None
    """The key of stored credentials; never inside the database. Default: in the data directory."""
    host: str = "127.0.0.1"
    """The address the server listens on."""
    port: int = Field(default=8080, ge=0, le=65535)
    """The port the server listens on; 0: any free one."""
    log_level: LogLevel = LogLevel.INFO
    """The least important log lines that are written."""
    log_format: LogFormat = LogFormat.JSON
    """`json` or `text`."""
    poll_idle: float = Field(default=30.0, ge=1)
    """Between two looks at a workstation where nothing runs."""
    poll_active: float = Field(default=10.0, ge=0.5)
    """… where an emulator is starting or running."""
    poll_operation: float = Field(default=2.0, ge=0.2)
    """… while an operation runs there."""
    scans_at_once: int = Field(default=50, ge=1)
    """Workstations that are looked at at the same time."""
    commands_at_once: int = Field(default=200, ge=1)
    """Remote commands in flight, over all workstations."""
    operations_at_once: int = Field(default=200, ge=1)
    """Operations running at the same time, over all workstations."""
    queue_ttl: float = Field(default=86_400.0, ge=1)
    """How long an operation waits for a workstation that can't be worked on; then it expires."""
    keep_operations_hours: float = Field(default=720.0, ge=1)
    """Hours that ended operations are kept, with their steps and log."""
    lease: float = Field(default=30.0, ge=1)
    """How long a runner holds an operation without renewing; renewed every third of it."""

    @property
    def effective_database_url(self) -> str:
        """The database's URL, defaults resolved."""
        return self.database_url or f"sqlite:///{self.data_dir / 'ldfleet.db'}"

    @property
    def effective_vault_key_file(self) -> Path:
        """The vault's key file, defaults resolved."""
        return self.vault_key_file or self.data_dir / "vault.key"

    @pydantic.model_validator(mode="after")
    def _fit_for_production(self) -> Self:
        if self.environment is Environment.PRODUCTION:
            if self.debug:
                raise ValueError("LDFLEET_DEBUG must be off in production")
            if not _is_loopback(self.host):
                raise ValueError(
                    "in production LDFLEET_HOST must be a loopback address: put a reverse proxy "
                    "with TLS in front of it"
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
        first = exc.errors(include_url=False, include_input=False)[0]
        name = str(first["loc"][0]) if first["loc"] else "environment"
        known = name in Settings.model_fields
        raise errors.SettingInvalid(
            setting=(PREFIX + name.upper()) if known else name.upper(),
            reason=first["msg"] if known else "there is no such setting",
        ) from exc
    except (OSError, UnicodeDecodeError) as exc:
        raise errors.SettingsFileUnreadable(path=str(env_file), reason=str(exc)) from exc


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
