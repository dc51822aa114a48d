"""One test for each code of the table in lexexpand/cli/output.py."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

import click
import pytest

from lexexpand import cli as cli_module
from lexexpand.cli import run
from lexexpand.errors import ConfigError, DataError, IntegrityError, MissingDataError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def command_that(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Make `lexexpand act` do what is given."""

    def install(act: Callable[[], object]) -> None:
        command = click.Command("act", callback=act)
        monkeypatch.setattr(cli_module.cli, "get_command", lambda context, name: command)

    return install


def fail(error: BaseException) -> Callable[[], object]:
    def act() -> object:
        raise error

    return act


def test_0_done(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert "lexexpand" in capsys.readouterr().out


def test_1_ran_and_the_answer_is_no(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if find_spec("lexexpand.cli.pack") is None:
        pytest.skip("lexexpand pack is not built yet")
    (tmp_path / "pack.toml").write_text('schema = 1\nid = "broken"\nkind = "nonsense"\n', encoding="utf-8")
    assert run(["pack", "check", str(tmp_path)]) == 1
    shown = capsys.readouterr()
    assert "pack.toml" in shown.out + shown.err


@pytest.mark.parametrize("arguments", [["--nonsense"], ["nonsense"]])
def test_2_wrong_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) == 2
    assert "nonsense" in capsys.readouterr().err


def test_2_wrong_configuration(command_that: Callable[..., None], capsys: pytest.CaptureFixture[str]) -> None:
    command_that(fail(ConfigError("no such pack")))
    assert run(["act"]) == 2
    assert capsys.readouterr().err == "lexexpand: no such pack\n"


@pytest.mark.parametrize("error", [DataError, MissingDataError, IntegrityError])
def test_3_data_missing_or_corrupt(
    error: type[DataError], command_that: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    command_that(fail(error("a.tsv:3: 2 columns")))
    assert run(["act"]) == 3
    assert capsys.readouterr().err == "lexexpand: a.tsv:3: 2 columns\n"


def test_70_a_bug_of_ours(command_that: Callable[..., None], capsys: pytest.CaptureFixture[str]) -> None:
    command_that(fail(ZeroDivisionError("division by zero")))
    assert run(["act"]) == 70
    shown = capsys.readouterr().err
    assert "ZeroDivisionError" in shown
    assert "Traceback" not in shown


def test_debug_shows_the_traceback(command_that: Callable[..., None]) -> None:
    command_that(fail(ZeroDivisionError("division by zero")))
    with pytest.raises(ZeroDivisionError):
        run(["--debug", "act"])


def test_130_interrupted(command_that: Callable[..., None], capsys: pytest.CaptureFixture[str]) -> None:
    command_that(fail(KeyboardInterrupt()))
    assert run(["act"]) == 130
    assert capsys.readouterr().err.strip() == "interrupted"


def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    code = (
        "from lexexpand import cli; import click, sys\n"
        "def act():\n  for _ in range(100000): click.echo('line')\n"
        "cli.cli.get_command = lambda context, name: click.Command('act', callback=act)\n"
        "cli.main(['act'])"
    )
    done = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert done.stdout is not None
    assert done.stderr is not None
    done.stdout.readline()
    done.stdout.close()
    shown = done.stderr.read()
    done.stderr.close()
    assert done.wait(20) == 0
    assert shown == b""


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_ctrl_c_ends_a_process_with_130() -> None:
    code = (
        "from lexexpand import cli; import click, time\n"
        "def act():\n  print('ready', flush=True)\n  time.sleep(30)\n"
        "cli.cli.get_command = lambda context, name: click.Command('act', callback=act)\n"
        "cli.main(['act'])"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    process.send_signal(signal.SIGINT)
    _, shown = process.communicate(timeout=20)
    assert process.returncode == 130
    assert b"Traceback" not in shown


def test_3_a_system_error_is_the_environments_and_names_the_file(
    command_that: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    command_that(fail(PermissionError(13, "Permission denied", "secret.tsv")))
    assert run(["act"]) == 3
    assert capsys.readouterr().err == "lexexpand: secret.tsv: Permission denied\n"


PRINTS_FAROESE = "import click; from lexexpand.cli import cli, run; import sys; \
cli.get_command = lambda *_: click.Command('act', callback=lambda: click.echo('b\u00f8rn \u2190')); \
sys.exit(run(['act']))"


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full on this system")
def test_3_a_full_disk_behind_standard_output() -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, "-c", PRINTS_FAROESE], stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 3
    assert b"No space left" in done.stderr


def test_standard_output_is_utf_8_in_any_locale() -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0"}
    done = subprocess.run(
        [sys.executable, "-c", PRINTS_FAROESE], env=environment, capture_output=True, check=False
    )
    assert (done.returncode, done.stdout.decode("utf-8").strip()) == (0, "b\u00f8rn \u2190")


@pytest.mark.skipif(os.name == "nt", reason="a shell of POSIX closes the streams")
def test_closed_streams_are_empty_ones() -> None:
    command = ["sh", "-c", 'exec "$0" -c "$1" <&- >&-', sys.executable, PRINTS_FAROESE]
    done = subprocess.run(command, stderr=subprocess.PIPE, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
