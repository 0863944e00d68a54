"""A plugin that reaches into the house: it reads the platform's settings, and uses a simulator's code."""

from ankuan.platform.settings import Settings
from tests.integration.plugins.bad.wrapped import BadPlugin


class Climbs(BadPlugin):
    settings_of_the_house = Settings


def climbs() -> BadPlugin:
    return Climbs()
