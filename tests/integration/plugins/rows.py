"""The table of indicators as it stands in docs/certification.md."""

from ankuan.plugin_api.testing.check import all_checks
from ankuan.plugin_api.testing.indicators import GROUPS, INDICATORS


def indicator_table() -> str:
    """One row an indicator; checks are counted over all capabilities, so that one plugin meets fewer."""
    counted = [one.indicator for one in all_checks()]
    head = "| | 类别 | 指标 | indicator | id | consists of | checks |\n|---|---|---|---|---|---|---|\n"
    rows = (
        f"| {one.number or '·'} | {GROUPS[one.group]} | {one.title} | {one.title_en} | `{one.id}` | "
        f"{'、'.join(one.points)} | {counted.count(one.id)} |"
        for one in INDICATORS
    )
    return head + "\n".join(rows) + "\n"
