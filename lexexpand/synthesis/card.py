"""The card of a corpus: what it is, what it was made of, under which licences, and what happened.

No clock, path, host or number of processes is in it: the same inputs and seed give the same card.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import astuple
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from lexexpand._version import __version__
from lexexpand.language import display_name
from lexexpand.morphology.related import BorrowedCells
from lexexpand.resources.licence import notes
from lexexpand.synthesis.shard import add_counts
from lexexpand.text.schema import SCHEMA_VERSION

if TYPE_CHECKING:
    from lexexpand.resources.use import PackUse
    from lexexpand.synthesis.job import Job
    from lexexpand.synthesis.plan import Plan
    from lexexpand.synthesis.shard import Record

MISSED_WORDS = 100


def run_digest(job: Job) -> str:
    """What a run is known by: every input's content, every option, every version."""
    lexicon, paradigms = job.lexicon, job.paradigms
    parts = {
        "analysis": job.analysis.digest,
        "language": str(job.recipe.language),
        "config": job.recipe.config.as_dict(),
        "lexicon": [[use.pack, use.version, list(use.sha256), use.entries] for use in lexicon.sources],
        "paradigms": [] if paradigms is None else [[use.pack, list(use.sha256)] for use in paradigms.sources],
        "inflector": None if job.learned is None else job.learned.learned.digest,
        "transfer": [astuple(row) for row in job.transfer],
        "licences": [job.recipe.allow, job.recipe.deny],
        "versions": _versions(),
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def corpus_card(job: Job, plan: Plan, records: list[Record]) -> dict[str, Any]:
    """The content of `corpus.json`."""
    analysis, recipe = job.analysis, job.recipe
    counts = add_counts(records)
    entry = counts.pop("entry", {})
    missed = _missed(job, counts.pop("untranslated", {}))
    packs = _packs(job)
    digest = hashlib.sha256("".join(record["rows_digest"] for record in records).encode()).hexdigest()
    return {
        "schema": SCHEMA_VERSION,
        "origin": "synthetic",
        "kind": recipe.config.kind,
        "language": str(recipe.language),
        "name": display_name(recipe.language),
        "source_language": str(analysis.language),
        "seed": recipe.config.seed,
        "run": run_digest(job),
        "content": digest,
        "versions": _versions(),
        "source": {
            "sha256": analysis.source_digest,
            "format": analysis.format,
            "sentences": analysis.n_sentences,
            "tokens": analysis.n_tokens,
            "analyzer": analysis.analyzer,
            "skipped": analysis.report.as_dict(),
        },
        "packs": packs,
        "licences": sorted({pack["licence"] for pack in packs}),
        "licence_notes": sorted({note for pack in packs for note in notes(pack["licence"])}),
        "options": recipe.config.as_dict(),
        "rows": sum(record["rows"] for record in records),
        "dropped": plan.dropped,
        "coverage": _ratio(counts.get("words_translated", 0), counts.get("words", 0)),
        "coverage_content": _ratio(counts.get("content_translated", 0), counts.get("content", 0)),
        "counts": counts,
        "missed": missed,
        "entries": len(job.lexicon.entries),
        "use": [
            entry.get(str(row), 0)
            for row in range(int(job.transformer.compiled.reachable.max(initial=-1)) + 1)
        ],
        "shards": [{k: record[k] for k in ("path", "rows", "sha256", "rows_digest")} for record in records],
    }


def _versions() -> dict[str, str]:
    return {"lexexpand": __version__, "pyarrow": pa.__version__}


def _packs(job: Job) -> list[dict[str, Any]]:
    uses: list[tuple[str, PackUse]] = [("lexicon", use) for use in job.lexicon.sources]
    if job.paradigms is not None:
        borrowed = "related " if isinstance(job.paradigms, BorrowedCells) else ""
        uses += [(f"{borrowed}paradigms", use) for use in job.paradigms.sources]
    if job.learned is not None:
        borrowed = "" if job.learned.learned.language == str(job.recipe.language) else "related "
        uses.append((f"{borrowed}inflector", job.learned.use))
    return [
        {
            "id": use.pack,
            "kind": kind,
            "version": use.version,
            "licence": use.licence,
            "entries": use.entries,
            "sha256": list(use.sha256),
        }
        for kind, use in uses
    ]


def _missed(job: Job, untranslated: dict[str, int]) -> list[dict[str, Any]]:
    """The words most often left untranslated, by lemma and part of speech: what a user should add."""
    types = job.analysis.types
    totals: dict[tuple[str, str], int] = {}
    lemmas = job.transformer.compiled.types.lemma_folded
    for index, count in untranslated.items():
        key = (lemmas[int(index)].as_py(), types.upos[int(index)].as_py())
        totals[key] = totals.get(key, 0) + count
    ranked = sorted(totals.items(), key=lambda item: (-item[1], item[0]))[:MISSED_WORDS]
    return [{"lemma": lemma, "upos": upos, "count": count} for (lemma, upos), count in ranked]


def _ratio(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def readme(card: dict[str, Any]) -> str:
    """The card for people, with the header that `datasets` reads."""
    licences = "\n".join(
        f"| {p['id']} | {p['kind']} | {p['licence']} | {p['entries']} |" for p in card["packs"]
    )
    coverage = "unknown" if card["coverage"] is None else f"{100 * card['coverage']:.1f} %"
    return f"""---
configs:
- config_name: default
  data_files:
  - split: train
    path: data/*.parquet
---
# {card["name"]} ({card["language"]}), synthetic

**This text is synthetic.** It was made from text in {card["source_language"]} by substituting words
through a bilingual lexicon (lexexpand {card["versions"]["lexexpand"]}, kind {card["kind"]}, seed
{card["seed"]}). Nobody wrote it, and no speaker has checked it. Word order and idiom are the source's.

{card["rows"]} sentences; {coverage} of the source's words have a translation.

| pack | kind | licence | entries |
|---|---|---|---|
{licences}

The licence of the source text is its own. `corpus.json` has every option and digest; `docs/formats.md` of
lexexpand explains the columns.
"""
