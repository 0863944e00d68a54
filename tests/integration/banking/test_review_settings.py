"""Settings of a fund account, tried by an administrator who may not see the bank's password and wants to have it."""

import pytest

from ankuan.banking.check_settings import FundAccountSettings
from ankuan.banking.connect_bank import account_ref
from ankuan.banking.sealed_settings import MASK
from ankuan.platform.jobs import JobContext
from tests.integration.banking.conftest import Bench
from tests.integration.banking.test_plugin_host import CIPHER, SECRET, account, bank, change, context

__all__ = ["bank", "context"]


@pytest.mark.parametrize("given", [{}, {"password": ""}, {"password": MASK}])
async def test_a_secret_does_not_go_along_to_another_address(
    bench: Bench, context: JobContext, given: dict[str, str]
) -> None:
    await change(bench, context, password=SECRET)
    with pytest.raises(FundAccountSettings) as refused:
        await change(bench, context, endpoint="http://bank.example/", **given)
    assert refused.value.field == "settings.password"
    kept = account_ref(await account(bench), CIPHER).settings
    assert (kept["endpoint"], kept["password"]) == ("http://bank.test/", SECRET)


async def test_who_knows_the_secret_may_move_it_and_the_rest_changes_without(bench: Bench, context: JobContext) -> None:
    await change(bench, context, password=SECRET)
    assert await change(bench, context, user_name="other", password=MASK) == ("user_name",)
    moved = await change(bench, context, endpoint="http://bank.example/", user_name="other", password=SECRET)
    assert moved == ("endpoint",)
    kept = account_ref(await account(bench), CIPHER).settings
    assert (kept["endpoint"], kept["password"]) == ("http://bank.example/", SECRET)
