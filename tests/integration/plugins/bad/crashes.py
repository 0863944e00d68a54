"""A plugin that cannot be imported."""

import sys

sys.exit("this plugin needs another Python")
