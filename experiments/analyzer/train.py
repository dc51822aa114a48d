"""Estimate the votes of the tables `endings` and `context` on UD EWT train, in three regressions.

python train.py OUT_DIR LANGUAGE     (needs LEXEXPAND_DATA; half a minute on one core)

1. `endings`: tag given the keys of the form alone.
2. `context`, stage 1: given also classes and shapes around.
3. `context`, stage 2: given also the tags that step 2, trained on other sentences, chose around.

L1 keeps rows few; votes are weights times 20, rounded. Some sentences are added in small or capital letters,
as queries and headlines have them; commands count several times, since queries are full of them.
"""

from __future__ import annotations

import random
import sys
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
from scipy import sparse
from treebank import TAGS, load, tag_of

from lexexpand.text.ambiguity import Priors, keys_of, unheard
from lexexpand.text.context_rules import Layout, parse_template
from lexexpand.text.lemmas import LemminflectTable
from lexexpand.text.shapes import SETTINGS, flags_of, fold, settings, shape_of

K = len(TAGS)
SCALE = 20
CLASS_FLOOR, KEY_FLOOR, KEY_TYPES = 20, 5, 4
STAGE1 = {"c-1": 5, "c1": 5, "c-2": 5, "c2": 5, "h0,h-1": 8, "h0,h1": 8}
STAGE2 = {
    "t-1": 5,
    "t1": 5,
    "t-2": 5,
    "t2": 5,
    "t-2,t-1": 10,
    "t1,t2": 10,
    "t-1,t1": 10,
    "c0,t-1": 10,
    "c0,t1": 10,
    "l0": 10,
}
L1 = {"endings": 1e-5, "1": 1e-5, "2": 1e-5}
VERBAL = np.array([tag.startswith(("VERB", "AUX")) for tag in TAGS])


def sentences(seed: int = 1) -> list[tuple[list[str], list[int]]]:
    """Training sentences, some of them once more in small or in capital letters."""
    draw = random.Random(seed)
    made = []
    for sentence in load("train"):
        forms, tags = [t[0] for t in sentence], [TAGS.index(tag_of(t)) for t in sentence]
        made.append((forms, tags))
        if TAGS.index("VERB.imp") in tags[:2]:
            made += [(forms, tags)] * 2 + [([form.lower() for form in forms], tags)]
        chance = draw.random()
        if chance < 0.12:
            cut = len(forms) - (forms[-1] in ".?!")
            if cut:
                made.append(([form.lower() for form in forms[:cut]], tags[:cut]))
        elif chance < 0.15:
            made.append(([form.upper() for form in forms], tags))
    return made


class Tokens:
    """Training tokens in columns."""

    def __init__(self, data: list[tuple[list[str], list[int]]]) -> None:
        lengths = [len(forms) for forms, _ in data]
        self.forms = [form for forms, _ in data for form in forms]
        self.gold = np.array([tag for _, tags in data for tag in tags])
        self.offsets = np.concatenate(([0], np.cumsum(lengths)))
        self.setting = settings(flags_of(self.forms), self.offsets).tolist()
        self.block = np.repeat(np.arange(len(data)) // 50, lengths)
        self.layout = Layout(self.offsets)


def matrix(rows: list[list[int]], width: int) -> sparse.csr_matrix:
    """Indicators of some columns in each row."""
    ends = np.cumsum([0, *map(len, rows)])
    flat = np.array([c for row in rows for c in row], np.int32)
    return sparse.csr_matrix((np.ones(len(flat), np.float32), flat, ends), shape=(len(rows), width))


def fit(
    x: sparse.csr_matrix,
    y: np.ndarray,
    start: np.ndarray | None = None,
    l1: float = 0.0,
    epochs: int = 12,
    lr: float = 0.02,
    offset: np.ndarray | None = None,
) -> np.ndarray:
    """Weights [R, K] of a multinomial logistic regression: Adam, then L1 by truncation."""
    n, r = x.shape
    w = np.zeros((r, K), np.float32) if start is None else start.copy()
    m, v, step = np.zeros_like(w), np.zeros_like(w), 0
    rng = np.random.default_rng(0)
    for epoch in range(epochs):
        rate = lr * (1 - epoch / epochs) + 5e-4
        order = rng.permutation(n)
        for begin in range(0, n, 4096):
            rows = order[begin : begin + 4096]
            batch = x[rows]
            score = batch @ w
            if offset is not None:
                score = score + offset[rows]
            score -= score.max(1, keepdims=True)
            p = np.exp(score)
            p /= p.sum(1, keepdims=True)
            p[np.arange(len(rows)), y[rows]] -= 1
            g = (batch.T @ p) / len(rows) + 2e-5 * w
            step += 1
            m += 0.1 * (g - m)
            v += 0.01 * (g * g - v)
            scale = np.sqrt(v / (1 - 0.99**step)) + 1e-6
            w -= rate * (m / (1 - 0.9**step)) / scale
            if l1:
                shrink = rate * l1 / scale
                w = np.sign(w) * np.maximum(np.abs(w) - shrink, 0)
    return w


def rounded(w: np.ndarray) -> np.ndarray:
    """Votes: whole numbers, small ones dropped."""
    votes = np.rint(w * SCALE)
    votes[np.abs(votes) < 2] = 0
    return votes.astype(np.int16)


def written(votes: np.ndarray) -> str:
    """A row's votes as text, the greatest first."""
    order = np.argsort(-votes, kind="stable")
    return " ".join(f"{TAGS[k]}={votes[k]}" for k in order if votes[k])


class Endings:
    """Step 1."""

    def __init__(
        self, tokens: Tokens, closed: dict[str, set[str]], table: LemminflectTable, tags: dict[str, str]
    ) -> None:
        self.closed, self.table, self.tags, self.memo = closed, table, tags, {}
        count, types = Counter(), defaultdict(set)
        pairs = list(zip(tokens.forms, tokens.setting, strict=True))
        for pair in pairs:
            count.update(self.keys(pair))
        for pair in set(pairs):
            for key in self.keys(pair):
                types[key].add(fold(pair[0]))
        named = ("w=", "wh=", "h=", "x=", "g=", "i=")
        kept = [
            k for k in count if count[k] >= KEY_FLOOR and (k.startswith(named) or len(types[k]) >= KEY_TYPES)
        ]
        index = {key: i for i, key in enumerate(kept)}
        self.x = matrix([[index[k] for k in self.keys(p) if k in index] for p in pairs], len(kept))
        against = {form: unheard(form, listed, table, tags) / SCALE for form, listed in closed.items()}
        nothing = np.zeros(K)
        self.offset = np.stack([against.get(fold(form), nothing) for form in tokens.forms]).astype(np.float32)
        votes = rounded(fit(self.x, tokens.gold, l1=L1["endings"], offset=self.offset))
        self.votes = votes
        self.rows = {key: votes[i] for key, i in sorted(index.items()) if votes[i].any()}

    def keys(self, pair: tuple[str, int]) -> list[str]:
        """The keys of a form in a setting."""
        if pair not in self.memo:
            self.memo[pair] = keys_of(*pair, self.closed, self.table)
        return self.memo[pair]


def context_columns(tokens: Tokens, endings: Endings) -> dict[str, tuple[np.ndarray, list[str]]]:
    """Class and shape of each token, as numbers and names; rare classes give way to less specific ones."""
    priors = Priors(endings.rows, endings.closed, endings.table, endings.tags)
    pairs = sorted(set(zip(tokens.forms, tokens.setting, strict=True)))
    forms = [form for form, _ in pairs]
    names = priors.class_names(forms, priors.votes(forms, [s for _, s in pairs]))
    of_pair = dict(zip(pairs, names, strict=True))
    seen = Counter(name for p in zip(tokens.forms, tokens.setting, strict=True) for name in of_pair[p])
    classes = {p: next((n for n in some if seen[n] >= CLASS_FLOOR), "?") for p, some in of_pair.items()}
    shapes = {p: f"{shape_of(p[0])}/{SETTINGS[p[1]]}" for p in pairs}
    shape_seen = Counter(shapes[p] for p in zip(tokens.forms, tokens.setting, strict=True))
    shapes = {p: s if shape_seen[s] >= CLASS_FLOOR else "?" for p, s in shapes.items()}
    return {"c": spread(tokens, classes), "h": spread(tokens, shapes)}


def spread(tokens: Tokens, of_pair: dict[tuple[str, int], str]) -> tuple[np.ndarray, list[str]]:
    """Names per (form, setting) -> numbers per place, and the names."""
    names = ["^", "?", *sorted(set(of_pair.values()) - {"?"})]
    number = {name: i for i, name in enumerate(names)}
    ids = np.array([number[of_pair[p]] for p in zip(tokens.forms, tokens.setting, strict=True)])
    return tokens.layout.spread(ids), names


def tag_columns(tokens: Tokens, tags: np.ndarray) -> dict[str, tuple[np.ndarray, list[str]]]:
    """Tags so far, and the last verb to the left."""
    last = [f"{tag}:{d}" for tag in TAGS for d in range(5)]
    return {
        "t": (tokens.layout.spread(tags + 1), ["^", *TAGS]),
        "l": (tokens.layout.last_verbs(tags, VERBAL), ["^", "", "", "", "", *last]),
    }


class Templates:
    """Rows of templates whose values are frequent enough, as columns of a matrix."""

    def __init__(self, floors: dict[str, int]) -> None:
        self.floors, self.values, self.names = floors, {}, []

    def matrix(self, tokens: Tokens, columns: dict[str, tuple[np.ndarray, list[str]]]) -> sparse.csr_matrix:
        """Which rows hold of each token; the first call decides which rows there are."""
        learn = not self.values
        parts = []
        for template, floor in self.floors.items():
            cells = parse_template(template)
            key = np.zeros(len(tokens.gold), np.int64)
            for cell in cells:
                key = key * 8192 + columns[cell.column][0][tokens.layout.place + cell.offset]
            if learn:
                found, count = np.unique(key, return_counts=True)
                self.values[template] = found[count >= floor]
                for packed in self.values[template]:
                    ids = [(int(packed) // 8192**i) % 8192 for i in reversed(range(len(cells)))]
                    names = [columns[c.column][1][i] for c, i in zip(cells, ids, strict=True)]
                    self.names.append((template, " ".join(names)))
            values = self.values[template]
            at = np.minimum(np.searchsorted(values, key), len(values) - 1)
            hit = values[at] == key
            ends = np.concatenate(([0], np.cumsum(hit)))
            parts.append(
                sparse.csr_matrix(
                    (np.ones(hit.sum(), np.float32), at[hit], ends), shape=(len(key), len(values))
                )
            )
        return sparse.hstack(parts).tocsr()


def main(out: Path, language: str) -> None:
    """Train and write."""
    tokens = Tokens(sentences())
    lines = (out / f"{language}.closed.tsv").read_text(encoding="utf-8").split("\n")
    closed = defaultdict(set)
    for line in lines[4:-1]:
        closed[line.split("\t")[0]].add(line.split("\t")[1])
    lines = (out / f"{language}.tags.tsv").read_text(encoding="utf-8").split("\n")
    penn = {line.split("\t")[0]: line.split("\t")[3] for line in lines[2:-1]}
    assert list(penn) == TAGS
    endings = Endings(tokens, dict(closed), LemminflectTable(), penn)
    print(
        "endings",
        len(endings.rows),
        "accuracy",
        ((endings.x @ endings.votes).argmax(1) == tokens.gold).mean(),
        flush=True,
    )
    prior = endings.offset + (endings.x @ endings.votes.astype(np.float32)) / SCALE
    columns = context_columns(tokens, endings)
    one = Templates(STAGE1)
    x1 = one.matrix(tokens, columns)
    v1 = rounded(fit(x1, tokens.gold, l1=L1["1"], offset=prior))
    score1 = prior + x1 @ (v1.astype(np.float32) / SCALE)
    print(
        "stage 1",
        x1.shape,
        "rows",
        (v1 != 0).any(1).sum(),
        "accuracy",
        (score1.argmax(1) == tokens.gold).mean(),
        flush=True,
    )
    tags = np.zeros(len(tokens.gold), np.int64)
    for fold_number in range(4):
        inside = tokens.block % 4 == fold_number
        w = fit(x1[~inside], tokens.gold[~inside], l1=L1["1"], offset=prior[~inside], epochs=5)
        tags[inside] = (prior[inside] + x1[inside] @ w).argmax(1)
    print("crossfit", (tags == tokens.gold).mean(), flush=True)
    two = Templates(STAGE2)
    x2 = two.matrix(tokens, columns | tag_columns(tokens, tags))
    v2 = rounded(fit(x2, tokens.gold, l1=L1["2"], offset=score1))
    print("stage 2", x2.shape, "rows", (v2 != 0).any(1).sum(), flush=True)
    head = (
        "# Votes (1/20 nat) estimated on UD EWT train by experiments/analyzer/train.py:\n"
        "# figures, no words but those of the table `closed`.\n"
    )
    rows = [f"{key}\t{written(votes)}" for key, votes in endings.rows.items()]
    (out / f"{language}.endings.tsv").write_text(
        head + "key\tvotes\n" + "\n".join(rows) + "\n", encoding="utf-8"
    )
    rows = []
    for stage, templates, votes in (("1", one, v1), ("2", two, v2)):
        rows += [
            f"{stage}\t{t}\t{names}\t{written(v)}"
            for (t, names), v in zip(templates.names, votes, strict=True)
            if v.any()
        ]
    text = head + "stage\ttemplate\tvalues\tvotes\n" + "\n".join(rows) + "\n"
    (out / f"{language}.context.tsv").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
