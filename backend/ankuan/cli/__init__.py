"""The command line: starts, watches and inspects an installation."""
