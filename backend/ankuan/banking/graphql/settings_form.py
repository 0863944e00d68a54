"""The form of a fund account's settings, made of what its bank's plugin declares; secrets are never shown."""

import strawberry

from ankuan.banking.sealed_settings import MASK, is_sealed, shown_settings
from ankuan.banking.tables import FundAccount
from ankuan.platform.graphql.enums import describe_enum
from ankuan.plugin_api.settings import Setting, SettingKind

describe_enum(
    SettingKind,
    "How a setting is entered and checked; all values travel as text.",
    {
        "TEXT": "Text.",
        "SECRET": "Text that is kept encrypted and never shown again.",
        "URL": "Address beginning with http or https.",
        "HOST_PORT": "Name or number of a machine and a port.",
        "NUMBER": "Integer within bounds.",
        "MONEY": "Amount in yuan.",
        "DATE": "Day as YYYYMMDD.",
        "CHOICE": "One of the choices.",
        "KEY": "Name of a key at a signer.",
    },
)


@strawberry.type(name="PluginSetting", description="One field of a form of settings, with its value.")
class PluginSettingType:
    """One setting."""

    name: str = strawberry.field(description="Name; an error about it names `settings.<name>`.")
    label: str = strawberry.field(description="Label in Chinese.")
    help: str = strawberry.field(description="What to enter, in Chinese; may be empty.")
    kind: SettingKind = strawberry.field(description="How it is entered and checked.")
    required: bool = strawberry.field(description="It has to have a value, its default included.")
    default: str = strawberry.field(description="Value that holds while none is entered.")
    choices: list[str] = strawberry.field(description="For a choice: the values.")
    least: int | None = strawberry.field(description="For a number: the smallest.")
    most: int | None = strawberry.field(description="For a number: the largest.")
    value: str | None = strawberry.field(description="What is entered; null when nothing is, and always for a secret.")
    set: bool = strawberry.field(description="Whether anything is entered.")


def settings_form(account: FundAccount, schema: tuple[Setting, ...]) -> list[PluginSettingType]:
    """All fields in the plugin's order."""
    shown = shown_settings(account, schema)
    return [_field(setting, shown.get(setting.name), account) for setting in schema]


def _field(setting: Setting, shown: str | None, account: FundAccount) -> PluginSettingType:
    is_hidden = setting.kind is SettingKind.SECRET or (shown == MASK and is_sealed(account.settings.get(setting.name)))
    return PluginSettingType(
        name=setting.name,
        label=setting.label,
        help=setting.help,
        kind=setting.kind,
        required=setting.required,
        default="" if is_hidden else setting.default,
        choices=list(setting.choices),
        least=setting.least,
        most=setting.most,
        value=None if is_hidden else shown,
        set=shown is not None,
    )
