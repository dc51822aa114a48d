"""How reliable a learned inflector is, from the forms of words that were held out: a table and a figure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from lexexpand.cli import output
from lexexpand.errors import MissingDataError

if TYPE_CHECKING:
    from pathlib import Path

    from lexexpand.language import Language
    from lexexpand.morphology.learned.folder import Learned

_PRECISIONS = (0.99, 0.95, 0.9, 0.8, 0.0)


def find_model(language: Language, folder: Path | None, figure: Path | None) -> Learned | None:
    """The card of the named model, or of the language's own; None where neither is there.

    Raises:
        MissingDataError: a model was named, or a figure asked for, and there is none.
    """
    from lexexpand.morphology.learned.folder import model_dir, own_model, read_card

    place = folder or own_model(language)
    if place is None and figure is None:
        return None
    return read_card(place or model_dir(language))


def show(learned: Learned, figure: Path | None, *, as_json: bool = False) -> dict[str, Any]:
    """Print the gate's choices and the bins of the reliability curve; returns what was printed."""
    told = learned.reliability
    rows = [] if told is None else [(precision, told.spoken(precision)) for precision in _PRECISIONS]
    data = {
        "trained": dict(learned.trained),
        "gate": [
            {"precision": precision, "share": found and found[0], "right": found and found[1]}
            for precision, found in rows
        ],
        "bins": [] if told is None else [list(each) for each in told.bins()],
        "calibration_error": None if told is None else told.calibration_error(),
    }
    if figure is not None and told is None:
        raise MissingDataError("nothing was held out when the model was trained: there is nothing to draw")
    if figure is not None and told is not None:
        from lexexpand.morphology.learned.figure import draw

        draw(told, figure, title=f"{learned.language}: forms of words that were held out")
        output.note(f"written: {figure}")
    if as_json:
        return data
    if told is None:
        click.echo("learned inflector: nothing was held out to tell how reliable it is")
        return data
    click.echo(
        output.table(
            ("asked to be right in", "it speaks on", "and was right in"),
            [
                (f"{precision:.0%}" if precision else "any", *(_shares(found) if found else ("nothing", "")))
                for precision, found in rows
            ],
        )
    )
    click.echo()
    bins = [(f"{sure:.1%}", f"{right:.1%}", size) for sure, right, size in told.bins()]
    click.echo(output.table(("confidence", "right", "forms"), bins))
    return data


def _shares(found: tuple[float, float]) -> tuple[str, str]:
    return f"{found[0]:.1%}", f"{found[1]:.1%}"
