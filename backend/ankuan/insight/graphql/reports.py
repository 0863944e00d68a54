"""Which reports there are. Their files come from ``/reports/{id}.{xlsx|csv}``."""

import strawberry

from ankuan.insight.reports.offer import offered_reports
from ankuan.insight.reports.period import MOST_DAYS
from ankuan.platform.graphql.context import Information
from ankuan.platform.graphql.enums import describe_enum
from ankuan.plugin_api.reports import Column, ColumnKind, ReportPlugin

describe_enum(
    ColumnKind,
    "What stands in a column of a report.",
    {"TEXT": "Words.", "NUMBER": "A whole number.", "MONEY": "An amount in yuan.", "DATE": "A day."},
    name="ReportColumnKind",
)


@strawberry.type(description="A column of a report.")
class ReportColumn:
    """One column."""

    title: str = strawberry.field(description="What stands in the head row.")
    kind: ColumnKind = strawberry.field(description="How it is aligned, formatted and summed.")
    summed: bool = strawberry.field(description="Whether the last row holds its sum.")


@strawberry.type(
    description="A report. Its file: GET /reports/{id}.xlsx or .csv, with first and last (YYYY-MM-DD, at most"
    f" {MOST_DAYS} days) and court (global id; the viewer's own by default)."
)
class Report:
    """One report."""

    id: strawberry.ID = strawberry.field(description="Its name in the address of the file; no global id.")
    title: str = strawberry.field(description="Title in Chinese.")
    description: str = strawberry.field(description="What it shows and for whom, one sentence in Chinese.")
    columns: list[ReportColumn] = strawberry.field(description="Its columns, left to right.")


@strawberry.type
class ReportQuery:
    """Part of Query."""

    @strawberry.field(description="Reports that plugins offer here, in the order of their titles.")
    def reports(self, info: Information) -> list[Report]:
        """Whoever is signed in may know what there is; drawing is decided court by court."""
        _ = info.context.actor
        return [_report(one) for one in offered_reports(info.context.plugins)]


def _report(plugin: ReportPlugin) -> Report:
    return Report(
        id=strawberry.ID(plugin.id),
        title=plugin.title,
        description=plugin.description,
        columns=[_column(column) for column in plugin.columns],
    )


def _column(column: Column) -> ReportColumn:
    return ReportColumn(title=column.title, kind=column.kind, summed=column.total)
