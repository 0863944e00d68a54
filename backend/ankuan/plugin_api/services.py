"""What the host lends a plugin when it connects."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ankuan.kernel.clock import Clock, SystemClock
from ankuan.plugin_api.errors import InvalidSettings
from ankuan.plugin_api.signing import SignerPlugin


@dataclass(frozen=True, slots=True)
class PluginServices:
    """``timeout_seconds``: how long one call of a connector may take in all, all its exchanges together."""

    timeout_seconds: float
    clock: Clock = field(default_factory=SystemClock)
    signers: Mapping[str, SignerPlugin] = field(default_factory=dict)

    def signer(self, plugin_id: str, *, setting: str = "signer") -> SignerPlugin:
        """The signer of that id. Raises ``InvalidSettings`` naming ``setting`` when it is not installed."""
        found = self.signers.get(plugin_id)
        if found is None:
            raise InvalidSettings(f"签名插件 {plugin_id[:40]} 未安装", setting)
        return found
