"""The daily account of case funds: hook implementation only."""

from ankuan.plugin_api.hooks import hookimpl
from ankuan.plugin_api.reports import ReportPlugin
from ankuan_report_daily.report import DailyReport


@hookimpl
def ankuan_register_report() -> ReportPlugin:
    """Tell the platform about this report."""
    return DailyReport()
