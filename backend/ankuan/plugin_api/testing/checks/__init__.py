"""The checks, one module for each concern. Names carry the ids of the points of failure that they prove."""
