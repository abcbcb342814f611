"""The `coopsim` command: the group, and the one place where errors become messages and exit codes.

Exit codes: 0 done; 2 the user's input is wrong; 1 anything else; 130 interrupted.
"""

from __future__ import annotations

import os
import sys
import traceback
from typing import Any

import click

from coopsim.app.commands.app import app
from coopsim.app.commands.calibrate import calibrate
from coopsim.app.commands.compare import compare
from coopsim.app.commands.explain import explain
from coopsim.app.commands.history import history
from coopsim.app.commands.parameters import parameters
from coopsim.app.commands.report import report
from coopsim.app.commands.run import run
from coopsim.app.commands.scenarios import scenarios
from coopsim.app.commands.sensitivity import sensitivity
from coopsim.app.commands.sweep import sweep
from coopsim.app.commands.validate import validate
from coopsim.app.commands.verify import verify
from coopsim.app.commands.world import world
from coopsim.app.options import ARGUMENTS, debug_option, debugging
from coopsim.errors import ConfigError, CoopsimError, ResultsError

FAILED, WRONG_INPUT, INTERRUPTED = 1, 2, 130


class Commands(click.Group):
    """A group that turns every exception into a message and an exit code."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Remember the command as typed."""
        ctx.meta[ARGUMENTS] = list(args)
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
            return result
        except (click.exceptions.Exit, click.ClickException, click.Abort):
            raise
        except KeyboardInterrupt:
            click.echo("\nInterrupted.", err=True)
            ctx.exit(INTERRUPTED)
        except BrokenPipeError:
            _forget_stdout()
            ctx.exit(0)
        except Exception as error:
            _report(error, debug=debugging(ctx))
            ctx.exit(WRONG_INPUT if isinstance(error, ConfigError | ResultsError) else FAILED)


def _report(error: Exception, *, debug: bool) -> None:
    if debug:
        click.echo("".join(traceback.format_exception(error)), err=True, nl=False)
    message = " ".join(str(error).split())
    if isinstance(error, CoopsimError):
        click.echo(f"Error: {message}", err=True)
    else:
        hint = "" if debug else " (--debug shows where)"
        click.echo(f"Error: {type(error).__name__}: {message or 'no message'}{hint}", err=True)


def _forget_stdout() -> None:
    """Let what is still buffered go nowhere: the reader, such as `head`, has seen enough."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115


HELP = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


@click.group(cls=Commands, context_settings=HELP, epilog="""\b
Start here:
  coopsim run baseline --years 20
  coopsim scenarios list
""")
@click.version_option(package_name="coopsim", message="coopsim %(version)s")
@debug_option
def main() -> None:
    """Simulate international cultural cooperation.

    States and organisations sign, keep and leave cultural agreements, year by year. A scenario file says what
    differs from the world of today; a run saves tables that every other command reads.
    """


for command in (
    run, app, calibrate, compare, explain, history, report, scenarios, parameters, sensitivity, sweep, validate, verify,
    world,
):
    main.add_command(command)
