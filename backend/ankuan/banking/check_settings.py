"""Settings of a fund account, checked by the plugin's form and then by the plugin itself."""

from collections.abc import Mapping

from ankuan.kernel.errors import AnkuanError, ErrorKind
from ankuan.plugin_api.bank import BankPlugin
from ankuan.plugin_api.errors import InvalidSettings, PluginError
from ankuan.plugin_api.settings import read_settings


class FundAccountSettings(AnkuanError):
    """The settings do not fit the form of the bank's plugin, or the plugin does not accept them."""

    code = "invalid_fund_account_settings"
    kind = ErrorKind.INVALID


def checked_settings(plugin: BankPlugin, settings: Mapping[str, str]) -> dict[str, str]:
    """The settings that were given, without the empty ones; the plugin has seen them with its form's defaults.

    Raises :class:`FundAccountSettings` whose field is ``settings.<name>``. What the plugin says of a wrong value is
    told; what it raises by mistake is not, for it may hold the value.
    """
    try:
        plugin.validate_settings(
            {name: value for name, value in read_settings(plugin.settings, settings).items() if value}
        )
    except InvalidSettings as wrong:
        raise FundAccountSettings(str(wrong), str(wrong), field=f"settings.{wrong.field_name}"[:80]) from None
    except PluginError as wrong:
        raise FundAccountSettings(str(wrong), str(wrong), field="settings") from None
    except Exception as error:  # noqa: BLE001 - a plugin's slip must not show a secret in an error or a log
        kind = type(error).__name__
        message = f"插件无法检查设置（{kind}）", f"The plugin could not check the settings ({kind})"
        raise FundAccountSettings(*message, field="settings") from None
    return {name: value.strip() for name, value in settings.items() if value.strip()}
