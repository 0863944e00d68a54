"""Ankuan (案款): a platform on which courts hold, match, approve and pay out case funds."""

__version__ = "0.1.0"
