"""Fixtures for all tests."""

import os

from hypothesis import HealthCheck, settings

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

# Machines are shared and slow at times: a slow example is no failure. The run that decides is reproducible.
settings.register_profile(
    "ankuan",
    deadline=None,
    derandomize=os.environ.get("CI") == "true",
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("ankuan")
