"""Settings of one process, read from the environment (prefix ``ANKUAN_``)."""

from functools import cached_property
from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Everything a process must be told. Court-specific values are data (policies), never settings."""

    model_config = SettingsConfigDict(env_prefix="ANKUAN_", extra="ignore")

    database_url: str = ""
    """Login of the application role, e.g. ``postgresql+asyncpg://…``. Empty: the embedded server is used."""
    database_owner_url: str = ""
    """Login that owns the tables; only migrations use it. Empty: ``database_url``."""
    redis_url: str = ""
    """Redis or Valkey, e.g. ``redis://host:6379/0``. Empty: the embedded server is used."""
    data_dir: Path = Path(".ankuan")
    """Folder of the embedded servers, the logs and the master key."""
    host: str = "127.0.0.1"
    """Address that the API listens on."""
    port: int = 8600
    """Port that the API listens on."""
    demonstration: bool = False
    """Demonstration data and simulators are allowed. Never set in production."""
    cookie_secure: bool = False
    """Send the session cookie over TLS only. Set it behind a TLS proxy."""
    public_url: str = ""
    """Address that people use, as it stands in printed check codes."""
    pool_size: int = 10
    """Database connections of one process; as many again at peaks."""
    poll_seconds: float = 2.0
    """How often the worker asks banks for new lines and looks for due instructions."""
    bank_timeout_seconds: int = 20
    """How long one call to a bank may take before its outcome counts as unknown."""

    @cached_property
    def key_file(self) -> Path:
        """Master key of field encryption; created on first start, readable by the service user only."""
        return self.data_dir / "secrets" / "master.key"

    @property
    def owner_url(self) -> str:
        """Where migrations connect."""
        return self.database_owner_url or self.database_url
