"""Code tables of case numbers: type codes (类型代字), province names, courts whose code changed.

Sources: 法〔2015〕137号 and 法〔2018〕335号 with their annex of types (protocols §6.1), courts protocols §6.2.
The table is data, not law: a type that is not in it is unknown, not wrong.
"""

from __future__ import annotations

from typing import Final

SUPREME_COURT: Final = "最高法"
PROVINCES: Final = "京津沪渝冀晋内辽吉黑苏浙皖闽赣鲁豫鄂湘粤桂琼川黔贵云藏陕甘青宁新军兵"
"""One-character names that begin a court code; 军 and 兵 are the military courts and the Corps in Xinjiang."""

SPECIALS: Final = ("知",)
"""Words that may stand between court and type since 2018 (专门审判代字)."""

TYPE_CODES: Final[dict[str, str]] = {
    # jurisdiction
    "刑辖": "刑事管辖",
    "民辖": "民事管辖",
    "民辖终": "民事管辖上诉",
    "民辖监": "民事管辖监督",
    "行辖": "行政管辖",
    "行辖终": "行政管辖上诉",
    # criminal
    "刑初": "刑事一审",
    "刑终": "刑事二审",
    "刑核": "刑事复核",
    "刑监": "刑事依职权再审审查",
    "刑申": "刑事申诉再审审查",
    "刑抗": "刑事抗诉再审审查",
    "刑再": "刑事再审",
    "刑医": "强制医疗申请审查",
    "刑医复": "强制医疗复议",
    "刑医解": "解除强制医疗审查",
    "刑没": "申请没收违法所得审查",
    "刑没终": "申请没收违法所得二审",
    "刑更": "刑罚变更",
    "刑更监": "刑罚变更监督",
    "刑更备": "刑罚变更备案",
    "刑止": "停止执行死刑",
    "刑他": "其他刑事",
    # civil
    "民初": "民事一审",
    "民终": "民事二审",
    "民监": "民事依职权再审审查",
    "民申": "民事申请再审审查",
    "民抗": "民事抗诉再审审查",
    "民再": "民事再审",
    "民撤": "第三人撤销之诉",
    "民特": "特别程序",
    "民特监": "特别程序监督",
    "民催": "催告",
    "民督": "申请支付令审查",
    "民督监": "支付令监督",
    "民算": "强制清算",
    "民破": "破产（旧）",
    "民保令": "人身安全保护令",
    "民保更": "人身安全保护令变更",
    "民他": "其他民事",
    "民诉前调": "民事诉前调解",
    "诉前调": "诉前调解",
    "诉前调确": "诉前调解司法确认",
    # administrative
    "行初": "行政一审",
    "行终": "行政二审",
    "行监": "行政依职权再审审查",
    "行申": "行政申请再审审查",
    "行抗": "行政抗诉再审审查",
    "行再": "行政再审",
    "行审": "非诉行政行为申请执行审查",
    "行审复": "非诉行政行为申请执行审查复议",
    "行他": "其他行政",
    # state compensation, judicial relief
    "行赔初": "行政赔偿一审",
    "行赔终": "行政赔偿二审",
    "行赔监": "行政赔偿依职权再审审查",
    "行赔申": "行政赔偿申请再审审查",
    "行赔抗": "行政赔偿抗诉再审审查",
    "行赔再": "行政赔偿再审",
    "行赔他": "其他行政赔偿",
    "法赔": "法院作为赔偿义务机关自赔",
    "委赔": "赔偿委员会审理赔偿",
    "委赔监": "司法赔偿监督审查",
    "委赔提": "司法赔偿监督上级法院赔偿委员会重审",
    "委赔再": "司法赔偿监督本院赔偿委员会重审",
    "委赔他": "其他司法赔偿",
    "司救刑": "刑事司法救助",
    "司救民": "民事司法救助",
    "司救行": "行政司法救助",
    "司救赔": "国家赔偿司法救助",
    "司救执": "执行司法救助",
    "司救访": "涉诉信访救助",
    "司救他": "其他司法救助",
    # assistance between regions and states
    "认台": "认可与执行台湾地区裁判审查",
    "认港": "认可与执行香港裁判审查",
    "认澳": "认可与执行澳门裁判审查",
    "认复": "认可与执行审查复议",
    "认他": "其他认可与执行",
    "协外认": "承认与执行外国裁判审查",
    "协外送": "协助外国送达",
    "协外调": "协助外国调查取证",
    "协他": "其他国际司法协助",
    "请外送": "请求外国送达",
    "请外调": "请求外国调查取证",
    # sanctions, preservation before suit
    "司惩": "司法制裁审查",
    "司惩复": "司法制裁复议",
    "财保": "诉前财产保全审查",
    "行保": "诉前行为保全审查",
    "行保复": "行为保全复议",
    "证保": "证据保全审查",
    # enforcement
    "执": "首次执行",
    "执恢": "恢复执行",
    "执保": "财产保全执行",
    "执异": "执行异议",
    "执复": "执行复议",
    "执监": "执行监督",
    "执协": "执行协调",
    "执他": "其他执行",
    # liquidation and bankruptcy
    "清申": "强制清算申请审查",
    "清终": "强制清算上诉",
    "清监": "强制清算监督",
    "强清": "强制清算",
    "清他": "其他强制清算",
    "破申": "破产申请审查",
    "破终": "破产上诉",
    "破监": "破产监督",
    "破": "破产",
    "破他": "其他破产",
}

TYPE_ALIASES: Final[dict[str, str]] = {
    "执行": "执",
    "恢执": "执恢",
    "执恢复": "执恢",
    "执行恢": "执恢",
    "执保全": "执保",
}
"""What people write on transfers instead of a type code. Read in remarks only, never in a typed case number."""

COURT_ALIASES: Final[dict[str, str]] = {
    "鲁0181": "鲁0114",
    "鲁0125": "鲁0115",
    "鲁12": "鲁01",
    "鲁1202": "鲁0116",
    "鲁1203": "鲁0117",
    "鲁0282": "鲁0215",
    "鲁0284": "鲁0211",
    "鲁0521": "鲁0505",
    "鲁0684": "鲁0614",
    "鲁0634": "鲁0614",
    "鲁0882": "鲁0812",
    "鲁1081": "鲁1003",
    "鲁1421": "鲁1403",
    "鲁1523": "鲁1503",
    "鲁1624": "鲁1603",
    "鲁1626": "鲁1681",
    "鲁1727": "鲁1703",
}
"""Old court code to the court that holds its cases now. The case keeps its old number (art. 13)."""


def is_known_type(code: str) -> bool:
    """Tell whether the type code is in the table. An unknown one warns, it does not fail (domain §3)."""
    return code in TYPE_CODES


def current_court_code(code: str) -> str:
    """Return the code of the court that holds the cases of ``code`` today; ``code`` itself when it never changed."""
    return COURT_ALIASES.get(code, code)
