import tomllib
from importlib.metadata import entry_points
from pathlib import Path

from ankuan.plugin_api.version import ENTRY_POINT_GROUP
from ankuan_report_daily.report import COLUMNS, DailyReport

FOLDER = Path(__file__).parent.parent


def test_the_manifest_says_what_the_plugin_is() -> None:
    manifest = tomllib.loads((FOLDER / "manifest.toml").read_text(encoding="utf-8"))
    assert (manifest["id"], manifest["name"]) == (DailyReport.id, DailyReport.title)


def test_it_is_found_by_its_entry_point() -> None:
    assert "report_daily" in {point.name for point in entry_points(group=ENTRY_POINT_GROUP)}


def test_every_column_stands_in_the_readme() -> None:
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert [column.title for column in COLUMNS if f"| {column.title} |" not in readme] == []
