"""What can go wrong with an embedded server. Operators read these lines, so each says what to do."""


class EmbeddedServerError(Exception):
    """An embedded server can't be started or stopped."""


class DataFolderInUse(EmbeddedServerError):
    """Another launcher holds this data folder."""
