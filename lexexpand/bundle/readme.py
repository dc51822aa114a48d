"""The model card: what it is, what it scored beside zero-shot, what it was made of, where it ends.

The header is that of the hub (library, base model, language, licence), so that a pushed bundle is found and
shown as an adapter. All of it comes from the manifest.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from lexexpand.resources.licence import notes

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lexexpand.bundle.manifest import Manifest, ScoreNote

OURS = "bundle"
_EMBEDDED = "lexexpand/embedded-"
_READS = {"token": "word", "sentence": "text"}
_MEANING = {
    "SA": "share alike: what is made of it carries the same licence",
    "NC": "not for commercial use",
    "ND": "no derivatives",
    "NOASSERTION": "nobody has stated a licence: ask before you publish",
}


def model_card(manifest: Manifest) -> str:
    """The text of README.md."""
    blocks = [
        _header(manifest),
        _opening(manifest),
        _use(manifest),
        _scores(manifest),
        _data(manifest),
        _limits(manifest),
        _versions(manifest),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _header(manifest: Manifest) -> str:
    """YAML; each value written as JSON, which is YAML too, so that no name can break out of its line."""
    licences = manifest.licences
    one = licences[0].lower() if len(licences) == 1 and "NOASSERTION" not in licences else "other"
    told: dict[str, Any] = {
        "library_name": "peft" if manifest.encoder is None else "transformers",
        "base_model": manifest.base.id,
        "base_model_relation": "adapter" if manifest.encoder is None else "finetune",
        "language": [manifest.language.partition("_")[0]],
        "license": one,
        "tags": sorted({"lexexpand", "lora", "low-resource", *(f"task-{n}" for n in manifest.tasks)}),
    }
    if one == "other":
        told["license_name"] = " AND ".join(licences) or "unstated"
    lines = (f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in told.items())
    return "\n".join(["---", *lines, "---"])


def _opening(manifest: Manifest) -> str:
    base = manifest.base
    at = "" if base.revision is None else f" at revision `{base.revision}`"
    parts = [
        "the whole encoder, tuned" if manifest.encoder else "",
        "a language adapter" if manifest.adapter else "",
        *(f"`{name}` ({note.kind})" for name, note in manifest.tasks.items()),
    ]
    return (
        f"# {manifest.name} ({manifest.language})\n\n"
        f"Made with lexexpand for the base model `{base.id}`{at}. It holds {_listed(filter(None, parts))}."
    )


def _use(manifest: Manifest) -> str:
    task = next(iter(manifest.tasks), None)
    call = "bundle.embed([text, other])" if task is None else f'bundle(text, task="{task}")'
    lines = [
        "## Use",
        "",
        "```python",
        "from lexexpand import load_bundle  # pip install 'lexexpand[adapt]'",
        "",
        "bundle = load_bundle(folder)",
        call,
        "```",
    ]
    if manifest.adapter is not None:
        lines += [
            "",
            "`language/` is a plain peft adapter: `PeftModel.from_pretrained(base, folder + '/language')`.",
        ]
    for name, note in manifest.tasks.items():
        for head in note.heads:
            lines += [
                "",
                f"`{name}` labels each {_READS.get(head.kind)} ({head.name}): {_some(head.labels)}.",
            ]
        said = {"says of a word": note.words, "glosses words with": note.glosses}
        lines += [
            f"\nWhat a dictionary {what} counts too (`{file}`); `bundle merge` and peft leave that out."
            for what, file in said.items()
            if file is not None
        ]
    return "\n".join(lines)


def _scores(manifest: Manifest) -> str:
    if not manifest.scores:
        return "## Scores\n\nNone were measured: ask `lexexpand evaluate` before you rely on it."
    systems = sorted({score.system for score in manifest.scores}, key=lambda name: (name != OURS, name))
    table = {(s.task, s.name, s.system): s for s in manifest.scores}
    rows = list(dict.fromkeys((score.task, score.name) for score in manifest.scores))
    lines = [
        "## Scores",
        "",
        "On real text, in percent, with 95 % intervals.",
        "",
        _row(["task", "metric", *systems, "n"]),
        _row(["---"] * (len(systems) + 3)),
    ]
    for task, metric in rows:
        found = [table.get((task, metric, system)) for system in systems]
        lines.append(_row([task, metric, *map(_cell, found), str(next(s.n for s in found if s))]))
    if not any(score.system.startswith("zero-shot") for score in manifest.scores):
        lines += [
            "",
            "**No zero-shot score stands beside them**, so that they do not say what the adapters brought.",
        ]
    signatures = dict.fromkeys(f"`{score.signature}`" for score in manifest.scores if score.signature)
    return "\n".join([*lines, "", *(f"- {signature}" for signature in signatures)])


def _cell(score: ScoreNote | None) -> str:
    if score is None:
        return "-"
    value = f"{100 * score.value:.1f}"
    return (
        value
        if score.interval is None
        else "{} [{:.1f}, {:.1f}]".format(value, *(100 * e for e in score.interval))
    )


def _data(manifest: Manifest) -> str:
    lines = ["## Data and licences", ""]
    packs = [pack for pack in manifest.data.get("packs", []) if isinstance(pack, dict)]
    if packs:
        lines += [_row(["pack", "kind", "version", "licence"]), _row(["---"] * 4)]
        lines += [
            _row([_text(pack.get(key)) for key in ("id", "kind", "version", "licence")]) for pack in packs
        ]
        lines.append("")
    for corpus in manifest.data.get("corpora", []):
        if isinstance(corpus, dict):
            told = (
                f"{key} {_text(corpus[key])}" for key in ("origin", "kind", "rows", "digest") if key in corpus
            )
            lines.append(f"- corpus: {', '.join(told)}")
    marks = {mark for licence in manifest.licences for mark in notes(licence)}
    lines += [f"- **{mark}**: {_MEANING[mark]}." for mark in sorted(marks) if mark in _MEANING]
    lines.append(
        f"\nLicences: {', '.join(manifest.licences) or 'none recorded'}. The base model has its own."
    )
    return "\n".join(lines)


def _limits(manifest: Manifest) -> str:
    lines = ["## Limits", ""]
    origins = {c.get("origin") for c in manifest.data.get("corpora", []) if isinstance(c, dict)}
    if "synthetic" in origins:
        lines.append(
            "- It learned from **synthetic text**: real text of another language, its words replaced through "
            "a dictionary. Word order and idiom were the source's; no speaker has checked it."
        )
    if manifest.base.id.startswith(_EMBEDDED):
        lines.append(
            "- The embedded base is a **4-bit copy** of a multilingual sentence encoder "
            "(intfloat/multilingual-e5-small, MIT): scores are those of the copy. It is blind to scripts "
            "that its vocabulary lacks."
        )
    lines.append("- It fits this base alone; the loader refuses another.")
    lines.append(
        "- It repeats the biases of its base and of its data. Decide nothing about people with it unseen."
    )
    return "\n".join(lines)


def _versions(manifest: Manifest) -> str:
    return "Written by " + ", ".join(f"{name} {number}" for name, number in manifest.versions.items()) + "."


def _listed(parts: Iterable[str]) -> str:
    found = list(parts) or ["nothing yet"]
    return found[0] if len(found) == 1 else f"{', '.join(found[:-1])} and {found[-1]}"


def _some(labels: Sequence[str], most: int = 40) -> str:
    more = f" and {len(labels) - most} more" if len(labels) > most else ""
    return ", ".join(map(_text, labels[:most])) + more


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _text(value: object) -> str:
    """A value inside of Markdown: on one line, its bars and backticks harmless."""
    return " ".join(str(value).split()).replace("|", "\\|").replace("`", "'") if value is not None else ""
