"""Settings of the property tests: the machine is shared, so a slow example is not a failure."""

from hypothesis import settings

settings.register_profile("kernel", deadline=None)
settings.load_profile("kernel")
