"""``ankuan plugin certify``: run the certification, print it, keep it, make a PDF of it."""

import json
import signal
import sys
import tomllib
import unicodedata
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from ankuan.plugin_api.testing.certificate import Certificate, CheckResult, IndicatorResult

VERDICTS = {"pass": "合格 pass", "fail": "不合格 FAIL", "not_declared": "未声明 —", "not_run": "未检 —"}
_MOST_FIGURES = 3


def certify(
    plugin: Annotated[str, typer.Argument(help="Id of an installed bank plugin.")] = "",
    *,
    every: Annotated[bool, typer.Option("--all", help="Certify all installed bank plugins.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For programs: one JSON array of certificates.")] = False,
    pdf: Annotated[Path | None, typer.Option(help="Write the certificate here; with --all, a folder.")] = None,
    live: Annotated[
        Path | None,
        typer.Option(help="TOML file of a real endpoint: account_no, account_name, [settings]. Only reads."),
    ] = None,
    only: Annotated[list[str] | None, typer.Option(help="Id of an indicator; may be repeated.")] = None,
    malformed: Annotated[int, typer.Option(min=1, help="How many malformed answers.")] = 1000,
    data: Annotated[
        Path, typer.Option("--data", envvar="ANKUAN_DATA_DIR", help="Folder of all data; certificates are kept there.")
    ] = Path(".ankuan"),
) -> None:
    """Try a bank plugin against its simulator, indicator by indicator. Exit code 1: a declared one failed."""
    from ankuan.plugin_api.testing.certificate import write_certificate
    from ankuan.plugin_api.testing.certify import Order
    from ankuan.plugin_api.testing.certify import certify as run
    from ankuan.plugin_api.testing.indicators import BY_ID

    # Ended from outside, it ends what it has started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    wanted = _wanted(plugin, every=every)
    if unknown := [indicator for indicator in only or () if indicator not in BY_ID]:
        sys.exit(f"ankuan plugin certify: no indicator {', '.join(unknown)}; there are: {', '.join(BY_ID)}")
    endpoint = _endpoint(live) if live is not None else None
    made = []
    for name in wanted:
        order = Order(source=name, only=tuple(only or ()), malformed=malformed, live=endpoint)
        certificate = run(order, None if as_json else _progress)
        made.append(certificate)
        if not only:
            write_certificate(data, certificate)
        if not as_json:
            print(table(certificate))
        if pdf is not None:
            _write_pdf(certificate, pdf / f"{name}.pdf" if every else pdf)
    if as_json:
        print(json.dumps([certificate.as_record() for certificate in made], ensure_ascii=False, indent=1))
    if not all(certificate.passed for certificate in made):
        raise typer.Exit(1)


def _wanted(plugin: str, *, every: bool) -> list[str]:
    from ankuan.plugin_api.version import ENTRY_POINT_GROUP

    installed = sorted({point.name for point in entry_points(group=ENTRY_POINT_GROUP)})
    banks = [name for name in installed if name.startswith("bank_")]
    if every == bool(plugin):
        sys.exit("ankuan plugin certify: give either the id of a plugin or --all")
    if plugin and plugin not in installed:
        sys.exit(f"ankuan plugin certify: no plugin {plugin}; installed: {', '.join(banks) or 'none'}")
    return banks if every else [plugin]


def _endpoint(path: Path) -> dict[str, Any]:
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        sys.exit(f"ankuan plugin certify: {path}: {error}")
    missing = [name for name in ("account_no", "account_name", "settings") if name not in found]
    if missing:
        sys.exit(f"ankuan plugin certify: {path}: {', '.join(missing)} missing")
    return {**found, "settings": {name: str(value) for name, value in found["settings"].items()}}


def _progress(result: "CheckResult") -> None:
    if sys.stderr.isatty():
        print(f"\r\x1b[K{'✓' if result.passed else '✗'} {result.check[:100]}", end="", file=sys.stderr, flush=True)


def table(certificate: "Certificate") -> str:
    """The certificate for a terminal: one line an indicator, the failures below."""
    head = (
        f"\n{certificate.plugin_name} {certificate.plugin_id} {certificate.plugin_version}"
        f"  API {certificate.api_version}  {certificate.endpoint}  {certificate.made_at:%Y-%m-%d %H:%M} UTC\n"
        f"sha256 {certificate.files_sha256}\n"
    )
    rows = [_line(row) for row in certificate.indicators]
    failed = [one for row in certificate.indicators for one in row.failures]
    failures = [f"  ✗ {one.indicator}:{one.check}\n      {one.message}" for one in failed]
    totals = certificate.totals
    end = (
        f"\n合格 {totals['pass']}  不合格 {totals['fail']}  未声明 {totals['not_declared']}  未检 {totals['not_run']}  "
        f"检查 {totals['checks']} 项，{certificate.seconds:g} 秒  →  {'通过' if certificate.passed else '未通过'}"
    )
    return "\n".join([head, *rows, *failures, end])


def _line(row: "IndicatorResult") -> str:
    figures = "  ".join(str(one) for one in row.figures[:_MOST_FIGURES])
    number = f"{row.number:>2}" if row.number else " ·"
    verdict = _padded(VERDICTS[row.verdict.value], 13)
    title = f"{number} {_padded(row.title, 22)} {row.id:<28}"
    return f"{title} {verdict} {row.checks or '':>3}  {figures or row.note}".rstrip()


def _padded(text: str, width: int) -> str:
    shown = sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
    return text + " " * max(0, width - shown)


def _write_pdf(certificate: "Certificate", path: Path) -> None:
    from ankuan.cli.certificate_document import FontsMissing, make_pdf

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(make_pdf(certificate))
    except FontsMissing as error:
        sys.exit(f"ankuan plugin certify: {error}")
