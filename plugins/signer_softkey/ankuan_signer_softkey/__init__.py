"""Keys in PEM files: hook implementation only."""

from ankuan.plugin_api.hooks import hookimpl
from ankuan.plugin_api.signing import SignerPlugin
from ankuan_signer_softkey.signer import SoftKeySigner, folder_from_environment


@hookimpl
def ankuan_register_signer() -> SignerPlugin:
    """Tell the platform about this holder of keys. The folder is looked up at each call."""
    return SoftKeySigner(folder_from_environment)
