"""The ``lianbing`` command: Flask's command groups over ``create_app``, told plainly.

What an operator can mend (a setting, a database that is away) is one line and exit
status 2, never a traceback.
"""

import sys

import click
from flask.cli import FlaskGroup, routes_command, shell_command
from sqlalchemy.exc import OperationalError

from lianbing.entry.commands import add_commands
from lianbing.entry.demo import demo_group
from lianbing.entry.factory import create_app
from lianbing.entry.readiness import NotReady
from lianbing.entry.wiring import register_commands
from lianbing.infra.settings import SettingsError

OPERATOR_ERROR = 2

cli = FlaskGroup(
    name="lianbing",
    help="Lianbing (练兵): everything an operator types.",
    create_app=create_app,
    add_default_commands=False,  # Flask's development server has no place beside granian
    add_version_option=False,
    load_dotenv=False,
)
cli.params.clear()  # --app, --env-file and --debug: the settings decide, and nothing else
cli.add_command(shell_command)
cli.add_command(routes_command)
cli.add_command(demo_group)
add_commands(cli)
register_commands(cli)


def main() -> None:
    """Run the command line; exit with 2 on what an operator can mend."""
    try:
        cli.main(prog_name="lianbing")
    except (SettingsError, NotReady) as error:
        _refuse(str(error))
    except OperationalError as error:
        _refuse(f"LIANBING_DATABASE_URL: the database {_trouble(error)}: {error.orig}")


def _trouble(error: OperationalError) -> str:
    return "does not answer" if error.statement is None else "refuses"


def _refuse(text: str) -> None:
    click.echo(f"lianbing: {text}", err=True)
    sys.exit(OPERATOR_ERROR)


if __name__ == "__main__":
    main()
