"""Which reports there are."""

from typing import Final

from ankuan.kernel.errors import AnkuanError, ErrorKind
from ankuan.platform.plugins import PluginHost
from ankuan.plugin_api.reports import ReportPlugin

ENDINGS: Final = ("xlsx", "csv")


class ReportNotFound(AnkuanError):
    """No plugin offers this report here, or not in this format."""

    code = "report_not_found"
    kind = ErrorKind.NOT_FOUND


class ReportFailed(AnkuanError):
    """The report could not be drawn: its plugin failed, or found books that disagree. The log says why."""

    code = "report_failed"
    kind = ErrorKind.REFUSED


def find_report(plugins: PluginHost, report_id: str, ending: str) -> ReportPlugin:
    """The report of this id. Raises :class:`ReportNotFound`."""
    found = plugins.reports.get(report_id)
    if found is None or ending not in ENDINGS:
        raise ReportNotFound("报表不存在", "No such report")
    return found


def offered_reports(plugins: PluginHost) -> list[ReportPlugin]:
    """All of them, in the order of their titles."""
    return sorted(plugins.reports.values(), key=lambda one: (one.title, one.id))
