"""``ankuan plugin …``: make, check, certify and look at plugins."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from ankuan.cli.plugin_certify import certify

plugin_app = typer.Typer(no_args_is_help=True, help="Make, check, certify and look at plugins.")


@plugin_app.command("list")
def list_plugins() -> None:
    """Installed plugins, and those that were left out with the reason."""
    from ankuan.cli.plugin_show import listing

    print(listing())


@plugin_app.command()
def show(plugin: Annotated[str, typer.Argument(help="Id of an installed plugin, or its folder.")]) -> None:
    """What a plugin is: manifest, abilities, settings, documented assumptions with how sure they are."""
    from ankuan.cli.plugin_show import NoSuchPlugin, page

    try:
        print(page(plugin))
    except NoSuchPlugin as error:
        sys.exit(f"ankuan plugin show: {error}")


@plugin_app.command()
def new(
    kind: Annotated[str, typer.Argument(help="Kind of plugin: bank, listener, matcher, report.")],
    name: Annotated[str, typer.Argument(help="Short name in lower case; the plugin's id becomes KIND_NAME.")],
    title: Annotated[str, typer.Option(help="Name shown to people.")] = "",
    folder: Annotated[Path, typer.Option(help="Folder in which the plugin's own folder is made.")] = Path("plugins"),
) -> None:
    """Write a plugin that runs and passes its own checks; then replace what is not true of yours."""
    from ankuan.cli.plugin_new import CannotMake, scaffold

    try:
        made = scaffold(kind, name, title=title, parent=folder)
    except CannotMake as error:
        sys.exit(f"ankuan plugin new: {error}")
    print(f"{made}\ninstall it:  python -m pip install --no-build-isolation --no-deps -e {made}")
    print(f"check it:    ankuan plugin check {made}")


@plugin_app.command()
def check(
    folders: Annotated[list[Path], typer.Argument(help="Folders of plugins.", exists=True, file_okay=False)],
) -> None:
    """Look at a plugin's files: manifest, imports, tables of codes, fixtures, README. Exit code 1: findings."""
    from ankuan.cli.plugin_check import findings

    bad = 0
    for folder in folders:
        found = findings(folder)
        bad += len(found)
        print(f"{folder}: {'in order' if not found else f'{len(found)} findings'}")
        for finding in found:
            print(f"  {finding}")
    if bad:
        raise typer.Exit(1)


plugin_app.command()(certify)
