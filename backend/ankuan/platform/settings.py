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
    data_dir: Path = Path(".ankuan")
    host: str = "127.0.0.1"
    port: int = 8600
    demonstration: bool = False
    """Demonstration data and simulators are allowed. Never set in production."""
    cookie_secure: bool = False
    public_url: str = ""
    pool_size: int = 10
    poll_seconds: float = 2.0
    """How often the worker asks banks for new lines and looks for due instructions."""
    bank_timeout_seconds: int = 20

    @cached_property
    def key_file(self) -> Path:
        """Master key of field encryption; created on first start, readable by the service user only."""
        return self.data_dir / "secrets" / "master.key"

    @property
    def owner_url(self) -> str:
        """Where migrations connect."""
        return self.database_owner_url or self.database_url
