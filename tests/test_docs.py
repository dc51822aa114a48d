"""Every command has help, the table of commands says the same as the commands, and docs/cli.md is that help.

`python tests/test_docs.py --update` writes docs/cli.md.
"""

from __future__ import annotations

import inspect
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

from lexexpand.cli import COMMANDS, cli

if TYPE_CHECKING:
    from collections.abc import Iterator

CLI_MD = Path(__file__).resolve().parent.parent / "docs" / "cli.md"
HEAD = """\
# The command line

Written from the commands' own `--help` by `make docs`; a test holds it to them. stdout is data, stderr log.

Exit codes: 0 done; 1 ran, and the answer is no; 2 wrong usage or configuration; 3 data or environment missing
or corrupt; 70 a bug of ours; 130 interrupted.
"""
WIDTH = 110


def is_built(name: str) -> bool:
    return find_spec(f"lexexpand.cli.{COMMANDS[name][0]}") is not None


def commands() -> Iterator[tuple[str, click.Command, click.Context]]:
    """Every command that is built, with its full name: groups before their members."""
    # With the group's own settings: a command keeps the help option of the first context that asks for it.
    root = click.Context(
        cli, info_name="lexexpand", terminal_width=WIDTH, max_content_width=WIDTH, **cli.context_settings
    )
    yield "lexexpand", cli, root
    for name in COMMANDS:
        if is_built(name):
            command = cli.get_command(root, name)
            assert command is not None
            yield from members(f"lexexpand {name}", command, root)


def members(
    name: str, command: click.Command, parent: click.Context
) -> Iterator[tuple[str, click.Command, click.Context]]:
    context = click.Context(
        command,
        info_name=name.rpartition(" ")[2],
        parent=parent,
        terminal_width=WIDTH,
        max_content_width=WIDTH,
    )
    command._help_option = None  # a test that has called it by itself has left its own there
    yield name, command, context
    if isinstance(command, click.Group):
        for child in command.list_commands(context):
            found = command.get_command(context, child)
            assert found is not None
            yield from members(f"{name} {child}", found, context)


def render() -> str:
    parts = [HEAD]
    for name, command, context in commands():
        parts.append(f"## {name}\n\n```text\n{command.get_help(context)}\n```\n")
    return "\n".join(parts)


@pytest.mark.parametrize("name", list(COMMANDS))
def test_the_table_says_what_the_command_says(name: str) -> None:
    if not is_built(name):
        pytest.skip(f"lexexpand {name} is not built yet")
    module, _, line = COMMANDS[name]
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    assert (command.help or "").strip().splitlines()[0] == line
    source = sys.modules[f"lexexpand.cli.{module}"]
    assert inspect.getdoc(source), "a command's module opens with a docstring"


def test_every_command_and_option_has_help() -> None:
    found = []
    for name, command, _ in commands():
        if not (command.help or "").strip():
            found.append(name)
        for option in command.params:
            if isinstance(option, click.Option) and not option.hidden and not option.help:
                found.append(f"{name} {option.opts[0]}")
    assert found == []


def test_every_command_takes_json() -> None:
    found = []
    for name, command, _ in commands():
        if not isinstance(command, click.Group):
            options = {text for option in command.params for text in option.opts}
            if "--json" not in options:
                found.append(name)
    assert found == []


def test_the_documents_are_the_commands_own_help() -> None:
    assert CLI_MD.read_text(encoding="utf-8") == render(), "run `make docs`"


if __name__ == "__main__":
    if sys.argv[1:] != ["--update"]:
        sys.exit("usage: test_docs.py --update")
    CLI_MD.parent.mkdir(exist_ok=True)
    CLI_MD.write_text(render(), encoding="utf-8")
    print(f"{CLI_MD.name}: {sum(1 for _ in commands())} commands")
