"""The kit every bank plugin has to pass, against this plugin's simulator."""

from ankuan.plugin_api.bank import FundAccountRef
from ankuan.plugin_api.testing import BankCertification, SimulatorProcess
from ankuan_bank_citic.plugin import CiticPlugin


class TestCertification(BankCertification):
    plugin = CiticPlugin()

    def account(self, simulator: SimulatorProcess, main: str, adjustment: str) -> FundAccountRef:
        settings = {"endpoint": simulator.endpoint, "user_name": "court0102"}
        return FundAccountRef(main, "示例人民法院案款专户", adjustment, settings)
