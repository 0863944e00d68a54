"""Fixtures for all tests."""

from tests.fixtures.servers import (
    database_name,
    database_url,
    owner_database_url,
    redis_url,
    servers,
    superuser_database_url,
    template_database,
)

__all__ = [
    "database_name",
    "database_url",
    "owner_database_url",
    "redis_url",
    "servers",
    "superuser_database_url",
    "template_database",
]
