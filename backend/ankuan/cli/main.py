"""``ankuan``: commands only say what they need; everything heavy is imported when a command runs."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from ankuan.cli.lifeline import hold_lifeline
from ankuan.cli.plugin import plugin_app

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Ankuan 案款: case funds of courts.")
schema_app = typer.Typer(no_args_is_help=True, help="The GraphQL schema.")
app.add_typer(schema_app, name="schema")
app.add_typer(plugin_app, name="plugin")

DataFolder = Annotated[Path, typer.Option("--data", envvar="ANKUAN_DATA_DIR", help="Folder of all data.")]
DEFAULT_DATA = Path(".ankuan")


@app.command()
def up(
    port: Annotated[int, typer.Option(envvar="ANKUAN_PORT", min=0, max=65535, help="Port; 0 takes a free one.")] = 8600,
    data: DataFolder = DEFAULT_DATA,
    host: Annotated[str, typer.Option(envvar="ANKUAN_HOST", help="Address to listen on.")] = "127.0.0.1",
    demo: Annotated[
        bool | None,
        typer.Option(
            "--demo/--no-demo",
            envvar="ANKUAN_DEMONSTRATION",
            help="Demonstration province and bank simulators. Default: yes, unless the database is your own.",
        ),
    ] = None,
    simulators: Annotated[
        str,
        typer.Option(
            envvar="ANKUAN_SIMULATORS", help="Bank simulators of the demonstration: ids of plugins by commas, or all."
        ),
    ] = "bank_citic",
) -> None:
    """Start everything and keep it running until Ctrl-C."""
    from ankuan.cli.listener import PortBusy
    from ankuan.cli.migrations import NoMigrations
    from ankuan.cli.preparation import StartFailed
    from ankuan.cli.simulators import NoSuchSimulator, wanted_simulators
    from ankuan.cli.state import verified
    from ankuan.cli.supervisor import Supervisor
    from ankuan.platform.embedded import DataFolderInUse, EmbeddedServerError
    from ankuan.platform.settings import Settings

    wants_demonstration = demo if demo is not None else not Settings().database_url
    try:
        wanted = wanted_simulators(simulators) if wants_demonstration else []
        Supervisor(data_dir=data, host=host, port=port, demonstration=wants_demonstration, simulators=wanted).run()
    except DataFolderInUse as error:
        address = verified(data.resolve()).get("address")
        stop = f"stop it with: ankuan down --data {data}"
        sys.exit(f"ankuan up: already running at {address}; {stop}" if address else f"ankuan up: {error}")
    except (StartFailed, EmbeddedServerError, PortBusy, NoMigrations, NoSuchSimulator) as error:
        sys.exit(f"ankuan up: {error}")


@app.command()
def down(data: DataFolder = DEFAULT_DATA) -> None:
    """Stop what ``ankuan up`` started with the same folder."""
    from ankuan.cli.state import stop_supervisor

    print("stopped" if stop_supervisor(data.resolve()) else "nothing was running")


@app.command()
def status(
    data: DataFolder = DEFAULT_DATA,
    as_json: Annotated[bool, typer.Option("--json", help="For programs: addresses, versions, sign-ins.")] = False,
) -> None:
    """Tell what runs. Exit code 0: running; 3: not, or not all of it."""
    from ankuan.cli.state import verified

    found = verified(data.resolve())
    if as_json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        print(f"{found['state']}  {found.get('address', '')}".rstrip())
        for name, process in found.get("processes", {}).items():
            print(f"  {name:<12} {'pid ' + str(process['pid']) if process.get('alive') else 'not running'}")
    if found["state"] != "running":
        raise typer.Exit(3)


@app.command()
def migrate(data: DataFolder = DEFAULT_DATA) -> None:
    """Apply the migrations to ANKUAN_DATABASE_OWNER_URL, or to the embedded database while nothing else runs."""
    from ankuan.cli.migrations import NoMigrations, upgrade
    from ankuan.platform.embedded import EmbeddedPostgres, EmbeddedServerError
    from ankuan.platform.embedded.postgres import OWNER_ROLE
    from ankuan.platform.settings import Settings

    settings = Settings()
    try:
        if settings.owner_url:
            upgrade(settings.owner_url)
        else:
            with EmbeddedPostgres(data) as postgres:
                upgrade(postgres.dsn(OWNER_ROLE))
    except (EmbeddedServerError, NoMigrations) as error:
        sys.exit(f"ankuan migrate: {error}")


@app.command()
def serve() -> None:
    """Run the API alone, with the settings of the environment."""
    hold_lifeline()
    from ankuan.cli.serve import run

    run()


@app.command()
def worker() -> None:
    """Run the worker alone, with the settings of the environment."""
    hold_lifeline()
    from ankuan.bootstrap import run_worker

    run_worker()


@schema_app.command("export")
def schema_export(
    folder: Annotated[Path, typer.Argument(help="Folder to write to.")] = Path("schema"),
    check: Annotated[bool, typer.Option("--check", help="Write nothing; fail when the files differ.")] = False,
) -> None:
    """Write the GraphQL schema and the catalogue of errors."""
    from ankuan.cli.schema import differing, documents, write

    found = documents()
    if not check:
        write(folder, found)
    elif changed := differing(folder, found):
        sys.exit(f"{', '.join(changed)} in {folder} is not what the code says: run make schema")


@app.command()
def doctor(data: DataFolder = DEFAULT_DATA) -> None:
    """Check this machine and this installation; each line says what to do."""
    from ankuan.cli.doctor import examine

    findings = examine(data.resolve())
    for finding in findings:
        print(f"{'ok  ' if finding.is_good else 'BAD ' if finding.is_needed else 'note'}  {finding.text}")
    if any(finding.is_needed and not finding.is_good for finding in findings):
        raise typer.Exit(1)


if __name__ == "__main__":
    app()
