"""Making a corpus: in a folder beside its place, shard by shard, and moved there when it is whole.

    corpora/.fao_Latn.part/      run.json        what is made: another run does not go on with it
                                 entries.parquet, data/*.parquet, records/*.json, progress.json
    corpora/fao_Latn/            appears by one rename

A run that was killed is run again and goes on with the shards that are not there. What a corpus contains
depends on the recipe and the inputs' content alone: no clock, path, host or number of processes.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from filelock import FileLock, Timeout

from lexexpand.errors import ConfigError, DataError
from lexexpand.synthesis.card import corpus_card, readme, run_digest
from lexexpand.synthesis.plan import SHARD_ROWS, Plan, consider, everything, needs_plan, selected
from lexexpand.synthesis.shard import Record, read_record, write_shard
from lexexpand.text.corpus import CARD, DATA, ENTRIES, Corpus, write_parquet
from lexexpand.text.schema import ENTRIES as ENTRIES_SCHEMA

if TYPE_CHECKING:
    from lexexpand.progress import MakeProgress
    from lexexpand.synthesis.job import Job
    from lexexpand.synthesis.workers import Crew


def make_corpus(
    job: Job, out: Path, crew: Crew, *, force: bool = False, progress: MakeProgress | None = None
) -> Corpus:
    """Make the corpus of `job` in the folder `out`, going on with what an earlier run left.

    Raises:
        ConfigError: `out` holds something else and `force` is off.
        DataError: the disk is full, or another process makes the same corpus.
    """
    out = Path(out)
    digest = run_digest(job)
    finished = _finished(out, digest, force=force)
    if finished is not None:
        return finished
    part = out.parent / f".{out.name}.part"
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        _begin_writing(out.parent)
        lock = FileLock(str(out.parent / f".{out.name}.lock"), timeout=0)
        with lock:
            _begin(part, digest)
            crew.use(job)
            _write_entries(job, part)
            plan = _plan(job, crew, progress)
            records = _write_shards(job, plan, part, crew, progress)
            _finish(job, plan, part, records)
            _move(part, out)
        Path(lock.lock_file).unlink(missing_ok=True)
    except Timeout as error:
        raise DataError(
            f"{out}: another process is making this corpus now. Wait for it, or choose another -o."
        ) from error
    except OSError as error:
        raise DataError(
            f"{out}: cannot be written: {error.strerror or error}. What is finished stays in {part}."
        ) from error
    return Corpus.open(out)


def _begin_writing(folder: Path) -> None:
    """Fail now if nothing can be written there: a lock that cannot be made looks like one that is held."""
    with tempfile.TemporaryFile(dir=folder):
        pass


def _finished(out: Path, digest: str, *, force: bool) -> Corpus | None:
    """The corpus that is there, if it is the one asked for."""
    if out.is_file():
        raise ConfigError(f"{out}: a file is there, and a corpus is a folder. Choose another -o.")
    if not out.exists() or not any(out.iterdir()):
        return None
    try:
        corpus = Corpus.open(out)
    except DataError:
        corpus = None
    if corpus is not None and corpus.card.get("run") == digest and not force:
        return corpus
    if not force:
        what = "a corpus of another run" if corpus is not None else "something that is no corpus of ours"
        raise ConfigError(
            f"{out}: there is {what}. Choose another -o, or --force to put the new one in its place."
        )
    if corpus is None:
        raise ConfigError(
            f"{out}: not a corpus, so --force does not delete it. Choose another -o, or remove it yourself."
        )
    return None


def _begin(part: Path, digest: str) -> None:
    """Make the folder under way, or keep it where it is of the same run."""
    note = part / "run.json"
    if part.exists():
        try:
            if json.loads(note.read_text(encoding="utf-8"))["run"] == digest:
                for cut_off in part.rglob("*.part"):  # written, and killed before it was renamed
                    cut_off.unlink()
                return
        except (OSError, ValueError, KeyError):
            pass
        shutil.rmtree(part)
    (part / DATA).mkdir(parents=True)
    (part / "records").mkdir()
    _write_json(note, {"run": digest})


def _write_entries(job: Job, part: Path) -> None:
    """The entries that the table can reach, in (pack, row) order, before the first shard."""
    path = part / ENTRIES
    if path.exists():
        return
    reachable = job.transformer.compiled.reachable
    kept = [entry for entry, row in zip(job.lexicon.entries, reachable, strict=True) if row >= 0]
    columns = {name: [getattr(entry, name) for entry in kept] for name in ENTRIES_SCHEMA.names}
    columns["source"] = [list(entry.source) for entry in kept]
    columns["target"] = [list(entry.target) for entry in kept]
    write_parquet(pa.table(columns, schema=ENTRIES_SCHEMA), path)


def _plan(job: Job, crew: Crew, progress: MakeProgress | None) -> Plan:
    config, analysis = job.recipe.config, job.analysis
    if not needs_plan(config, analysis):
        return everything(config, analysis)
    bar = progress("select", analysis.n_sentences, "sent") if progress else None
    considered: dict[int, Any] = {}
    for index, result in crew.run(consider, [(i,) for i in range(analysis.n_blocks)]):
        considered[index] = result
        if bar is not None:
            bar.update(min(SHARD_ROWS, analysis.n_sentences))
    if bar is not None:
        bar.close()
    return selected(config, [considered[i] for i in range(analysis.n_blocks)])


def _write_shards(
    job: Job, plan: Plan, part: Path, crew: Crew, progress: MakeProgress | None
) -> list[Record]:
    records: dict[int, Record] = {}
    for index in range(plan.shards):
        record = read_record(part / "records" / f"{index:05d}.json")
        if record is not None and (part / record["path"]).is_file():
            records[index] = record
    left = [index for index in range(plan.shards) if index not in records]
    bar = progress(str(job.recipe.language), plan.rows, "sent") if progress else None
    if bar is not None:
        bar.update(sum(record["rows"] for record in records.values()))
    tasks = [(part, index, *plan.shard(index)) for index in left]
    for number, record in crew.run(write_shard, tasks):
        index = left[number]
        _write_json(part / "records" / f"{index:05d}.json", record)
        records[index] = record
        _write_json(part / "progress.json", {"shards": len(records), "of": plan.shards})
        if bar is not None:
            bar.update(record["rows"])
    if bar is not None:
        bar.close()
    return [records[index] for index in range(plan.shards)]


def _finish(job: Job, plan: Plan, part: Path, records: list[Record]) -> None:
    card = corpus_card(job, plan, records)
    (part / "README.md").write_text(readme(card), encoding="utf-8")
    _write_json(part / CARD, card)
    for leftover in ("run.json", "progress.json"):
        (part / leftover).unlink(missing_ok=True)
    shutil.rmtree(part / "records", ignore_errors=True)


def _move(part: Path, out: Path) -> None:
    """Put the finished folder in its place; what was there is removed only then."""
    old = out.parent / f".{out.name}.old"
    shutil.rmtree(old, ignore_errors=True)
    if out.exists():
        out.rename(old)
    part.rename(out)
    shutil.rmtree(old, ignore_errors=True)


def _write_json(path: Path, data: dict[str, Any]) -> None:
    beside = path.with_name(path.name + ".part")
    beside.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    beside.replace(path)
