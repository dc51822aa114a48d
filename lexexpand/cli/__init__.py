"""The command line: one module per command, imported when it is called.

`lexexpand --help` must answer within 200 ms, so the group knows its commands' names and one-line helps from
a table (a test holds it to the commands' own docstrings) and imports a command's module only to run it.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from io import TextIOWrapper
from typing import TYPE_CHECKING

import click

from lexexpand._version import __version__
from lexexpand.errors import LexexpandError

if TYPE_CHECKING:
    from collections.abc import Sequence

# name -> (module in this folder, attribute, one-line help)
COMMANDS: dict[str, tuple[str, str, str]] = {
    "synth": ("synth", "synth", "Make a corpus in a language from source text and a lexicon."),
    "adapt": ("adapt", "adapt", "Make a bundle: adapters for a language and tasks on a base model."),
    "predict": ("predict", "predict", "Label text with a bundle."),
    "evaluate": ("evaluate", "evaluate", "Score a bundle on gold data, with intervals and a signature."),
    "bundle": ("bundle", "bundle", "Show, verify, merge and push bundles."),
    "experiment": (
        "experiment",
        "experiment",
        "Run a study: languages by tasks by arms by seeds, to a table with intervals.",
    ),
    "corpus": ("corpus", "corpus", "Show, count, check and export corpora."),
    "lexicon": ("reach", "lexicon", "Add, show and count bilingual lexicons."),
    "morphology": ("inflector", "morphology", "Inflect and analyse words; count paradigms."),
    "init": (
        "init",
        "init",
        "Begin a language: a folder with a lexicon and a paradigm table to fill, and a checklist.",
    ),
    "languages": ("languages", "languages", "List what there is for which language."),
    "fetch": ("fetch", "fetch", "Fetch the files of a language into the cache."),
    "cache": ("cache", "cache", "Show or clear the cache of fetched files."),
    "pack": ("pack", "pack", "Check and list data packs."),
}


class LazyGroup(click.Group):
    """A click group whose commands are rows of a table until they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order of the table: the order of the work."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command, or None where there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        module, attribute, _ = COMMANDS[cmd_name]
        command = getattr(import_module(f"lexexpand.cli.{module}"), attribute)
        assert isinstance(command, click.Command)
        return command

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; a reader that has seen enough (`lexexpand ... | head`) is no error.

        Caught here because click would turn it into exit code 1, that of a check with findings.
        """
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            os.dup2(
                os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno()
            )  # what is buffered has nowhere to go
            return 0

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the table without importing the commands."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, row[2]) for name, row in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="lexexpand")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.option("-v", "--verbose", count=True, help="Log more (-vv: everything).")
def cli(debug: bool, verbose: int) -> None:
    """Turn a dictionary and a paradigm table into a corpus of a language."""
    if verbose:
        import logging

        level = logging.DEBUG if verbose > 1 else logging.INFO
        logging.basicConfig(level=level, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")


def main(args: Sequence[str] | None = None) -> None:
    """Run the command line and end the process with the exit code that `cli/output.py` lists."""
    sys.exit(run(args))


def run(args: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    from lexexpand.cli import output

    arguments = list(sys.argv[1:] if args is None else args)
    debug = "--debug" in arguments
    _open_streams()
    try:
        result = cli.main(args=arguments, prog_name="lexexpand", standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("interrupted", err=True)
        return output.EXIT_INTERRUPTED
    except click.ClickException as error:
        error.show()
        return error.exit_code if isinstance(error, click.UsageError) else 3
    except KeyboardInterrupt:
        click.echo("interrupted", err=True)
        return output.EXIT_INTERRUPTED
    except LexexpandError as error:
        if debug:
            raise
        click.echo(f"lexexpand: {error}", err=True)
        return error.exit_code
    except OSError as error:
        # A full disk behind standard output, a folder that may not be read: the environment's.
        if debug:
            raise
        where = f"{error.filename}: " if error.filename else ""
        click.echo(f"lexexpand: {where}{error.strerror or error}", err=True)
        return 3
    except Exception as error:
        if debug:
            raise
        click.echo(
            f"lexexpand: a bug of ours: {type(error).__name__}: {error}\n"
            "Please report it with the command and what --debug adds.",
            err=True,
        )
        return output.EXIT_BUG
    return result if isinstance(result, int) else 0


def _open_streams() -> None:
    """Data on standard output are UTF-8 whatever the locale says; a stream that is closed is an empty one."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115
    if isinstance(sys.stdout, TextIOWrapper) and sys.stdout.encoding.lower().replace("-", "") != "utf8":
        sys.stdout.reconfigure(encoding="utf-8")
