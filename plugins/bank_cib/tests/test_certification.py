"""The kit every bank plugin has to pass, against this plugin's simulator."""

from ankuan.plugin_api.testing import BankCertification


class TestCertification(BankCertification):
    plugin_id = "bank_cib"
