"""How far do the starter packs agree with what others have published, and where not?

    export LEXEXPAND_DATA=...
    python compare.py                  every comparison; writes results.json
    python compare.py lexicon [FILE]   one of them, each disagreement listed; FILE: instead of the starter's
    python compare.py paradigms [FILE]
    python compare.py assistant [FILE]

`judged.tsv` holds what was made of each disagreement: kept (and why) or mended. A disagreement that stands
there is marked; one that does not makes the exit code 1, so that no change of the starter goes unlooked at.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import defaultdict
from pathlib import Path

import published

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
LEXICON = ROOT / "lexicons" / "starter" / "fao_Latn.tsv"
PARADIGMS = ROOT / "morphology" / "starter" / "fao_Latn.tsv"
ASSISTANT = ROOT / "lexicons" / "starter" / "assistant.fao.conll"
JUDGED = HERE / "judged.tsv"

# Where UniMorph names a person, or drops a case that all forms share.
UNIMORPH_SAYS = {
    "V;IND;PRS;PL": "V;IND;PRS;3",
    "V;IND;PST;PL": "V;IND;PST;3",
    "V;IND;PST;SG": "V;IND;PST;3;SG",
    "ADJ;NOM/ACC;FEM;PL": "ADJ;FEM;PL",
    "ADJ;NOM/ACC;NEUT;PL": "ADJ;NEUT;PL",
}

Row = tuple[str, ...]


def compare_lexicon(path: Path, data: Path) -> tuple[dict[str, float], list[tuple[Row, str]]]:
    """Of the entries whose headword is in GATITOS or Wiktionary, how many give one of their translations?"""
    theirs = published.translations(data)
    entries = [tuple(cells[:3]) for cells in published.rows(path) if cells[:2] != ["source", "upos"]]
    known = agree = 0
    differing = []
    for source, upos, target in entries:
        said = {
            name: table[key]
            for name, table in theirs.items()
            if (key := published.plain(source, "head")) in table
        }
        if not said:
            continue
        known += 1
        if any(published.plain(target, "translation") in words for words in said.values()):
            agree += 1
        else:
            shown = "; ".join(f"{name}: {', '.join(sorted(words))}" for name, words in said.items())
            differing.append(((source, upos, target), shown))
    heads = {(source, upos) for source, upos, _ in entries}
    figures = {"entries": len(entries), "headwords": len(heads), "known": known, "agree": agree}
    return figures | {"share": round(agree / max(known, 1), 4)}, differing


def compare_paradigms(path: Path, data: Path) -> tuple[dict[str, float], list[tuple[Row, str]]]:
    """Of the forms whose lemma and bundle are in UniMorph, how many are UniMorph's?"""
    theirs = published.inflections(data)
    ours: dict[tuple[str, str], set[str]] = defaultdict(set)
    triples = [tuple(cells) for cells in published.rows(path) if len(cells) == 3]
    for lemma, form, bundle in triples:
        ours[lemma, bundle].add(form)
    known = agree = 0
    differing = []
    for lemma, form, bundle in triples:
        said = theirs.get((lemma, UNIMORPH_SAYS.get(bundle, bundle)))
        if said is None:
            continue
        known += 1
        if form in said:
            agree += 1
        else:
            differing.append(((lemma, bundle, form), f"UniMorph: {', '.join(sorted(said))}"))
    figures = {
        "triples": len(triples),
        "lexemes": len({(row[0], re.split("[;.]", row[2])[0]) for row in triples}),
    }
    return figures | {"known": known, "agree": agree, "share": round(agree / max(known, 1), 4)}, differing


def compare_assistant(path: Path, data: Path) -> tuple[dict[str, float], list[tuple[Row, str]]]:
    """Which words of the Faroese utterances stand in no resource?"""
    theirs = published.translations(data)
    known = {
        "starter": {word for cells in published.rows(LEXICON) for word in published.words(cells[2])}
        | {word for cells in published.rows(PARADIGMS) for word in published.words(cells[1])},
        "UniMorph": {word for forms in published.inflections(data).values() for word in forms},
        **{
            name: {word for said in table.values() for words in said for word in published.words(words)}
            for name, table in theirs.items()
        },
        "text": published.text_words(data),
    }
    lines = [cells for cells in published.rows(path) if not cells[0].startswith("#")]
    forms = sorted({word for cells in lines for word in published.words(cells[1])})
    figures: dict[str, float] = {"tokens": len(lines), "word_forms": len(forms)}
    for name, words in known.items():
        figures[f"in_{name.lower()}"] = sum(form in words for form in forms)
    unknown = [form for form in forms if not any(form in words for words in known.values())]
    figures["in_none"] = len(unknown)
    return figures, [((form,), "in no resource") for form in unknown]


COMPARISONS = {
    "lexicon": (compare_lexicon, LEXICON),
    "paradigms": (compare_paradigms, PARADIGMS),
    "assistant": (compare_assistant, ASSISTANT),
}


def judged(kind: str) -> dict[Row, str]:
    """What was made of each disagreement of one kind: its key, and the verdict."""
    if not JUDGED.exists():
        return {}
    table = published.rows(JUDGED)[1:]
    return {
        tuple(cell for cell in cells[1:4] if cell != "-"): cells[4] for cells in table if cells[0] == kind
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("comparison", nargs="?", choices=COMPARISONS, help="one of them, all cases listed")
    parser.add_argument("file", nargs="?", type=Path, help="instead of the starter's")
    parser.add_argument("--output", type=Path, default=HERE / "results.json", help="where figures go")
    asked = parser.parse_args()
    data = published.data_folder()
    results, unseen = {}, 0
    for name in [asked.comparison] if asked.comparison else COMPARISONS:
        compare, path = COMPARISONS[name]
        figures, differing = compare(asked.file or path, data)
        verdicts = judged(name)
        for key, shown in differing:
            verdict = verdicts.get(tuple(cell for cell in key if cell), "")
            unseen += not verdict
            if asked.comparison or not verdict:
                print(*key, shown, verdict or "NOT LOOKED AT", sep="\t")
        results[name] = figures
        print(f"{name}: {json.dumps(figures)}")
    if not asked.comparison:
        asked.output.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    return 1 if unseen else 0


if __name__ == "__main__":
    sys.exit(main())
