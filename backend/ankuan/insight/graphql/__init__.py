"""Insight's part of the schema."""

from ankuan.insight.graphql.overview import OverviewQuery
from ankuan.insight.graphql.reports import ReportQuery

__all__ = ["InsightQuery"]


class InsightQuery(OverviewQuery, ReportQuery):
    """Part of Query."""
