"""Cases of the payer: hook implementation only."""

from ankuan.plugin_api.hooks import hookimpl
from ankuan.plugin_api.matching import MatcherPlugin
from ankuan_matcher_party.matcher import PartyMatcher


@hookimpl
def ankuan_register_matcher() -> MatcherPlugin:
    """Tell the platform about this matcher."""
    return PartyMatcher()
