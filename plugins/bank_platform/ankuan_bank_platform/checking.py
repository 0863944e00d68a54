"""Whether a name and an account number belong together (账号户名核验), at any bank behind the platform."""

from ankuan.plugin_api.accounts import AccountCheck, AccountClaim, AccountVerdict
from ankuan.plugin_api.errors import CannotExpress
from ankuan_bank_platform import records, values
from ankuan_bank_platform.documents import Malformed
from ankuan_bank_platform.session import PASSING, Session


async def check_account(session: Session, claim: AccountClaim) -> AccountCheck:
    """Ask. ``unknown`` for everything that is not the platform's own word."""
    try:
        asked = {
            "name": values.needed("户名", claim.name, 140),
            "account": values.account("账号", claim.number),
            "bank_code": values.bank_code("行号", claim.bank_code) if claim.bank_code else "",
            "bank_name": values.expressible("开户行", claim.bank_name, 140),
        }
    except CannotExpress as wrong:
        return AccountCheck(AccountVerdict.UNKNOWN, message=str(wrong))
    reply = await session.post("accounts.check", "/v1/accounts/check", records.render(asked), records.MEDIA_TYPE)
    if not reply.genuine:
        alarm = f"平台应答不可信：{reply.note}" if reply.answered else None
        return AccountCheck(AccountVerdict.UNKNOWN, message=reply.note, exchanges=session.kept, alarm=alarm)
    try:
        if not 200 <= reply.status < 300:
            code, text = records.refusal(reply.body)
            alarm = None if code in PASSING else f"平台拒绝了核验：{code[:40]}"
            return AccountCheck(AccountVerdict.UNKNOWN, code, text, session.kept, alarm)
        verdict, code, text = records.account_check(reply.body, claim)
    except Malformed as broken:
        return AccountCheck(
            AccountVerdict.UNKNOWN, message=str(broken), exchanges=session.kept, alarm=f"平台应答无法识别：{broken}"
        )
    if verdict is None:
        return AccountCheck(AccountVerdict.UNKNOWN, code, text, session.kept, f"核验结果不在对照表中：{code[:40]}")
    return AccountCheck(verdict, code, text, session.kept)
