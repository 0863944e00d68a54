"""A served copy of the stage for each test."""

from tests.fixtures.stages import play, prepared_stage

__all__ = ["play", "prepared_stage"]
