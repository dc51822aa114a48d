"""Whatever a user's files hold: an error with file and line, or a right reading; never half a corpus."""

from __future__ import annotations

import os
import resource
import stat
import subprocess
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lexexpand.cli import run
from lexexpand.text.corpus import Corpus
from tests.synthesis.conftest import synth_command

if TYPE_CHECKING:
    from tests.synthesis.conftest import Maker

LEXICON = "source\tupos\ttarget\nlight\t\tljós\nturn off\tVERB\tsløkkja\n"


class Attempt:
    """A run of `lexexpand synth` over files in one folder."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.out = folder / "out"
        self._capsys = capsys

    def __call__(
        self, source: str | bytes, *more: str, name: str = "s.txt", lexicon: str | bytes = LEXICON
    ) -> int:
        """Run; return the exit code. What was told is in `told`."""
        for path, content in ((self.folder / name, source), (self.folder / "l.tsv", lexicon)):
            path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        code = run(self.arguments(name, *more))
        self.told = self._capsys.readouterr().err
        assert "Traceback" not in self.told
        assert "bug of ours" not in self.told
        return code

    def arguments(self, name: str, *more: str) -> list[str]:
        return [
            "synth",
            "--lang",
            "fao_Latn",
            "--source",
            str(self.folder / name),
            "--lexicon",
            str(self.folder / "l.tsv"),
            "--inflector",
            "none",
            "--offline",
            "-o",
            str(self.out),
            "-q",
            "--analyzer",
            "plain",
            *more,
        ]

    @property
    def texts(self) -> list[str]:
        return [row["text"] for row in Corpus.open(self.out).rows(["text"])]

    def nothing_made(self) -> bool:
        """Whether nothing stands at the corpus's place."""
        return not self.out.exists()


@pytest.fixture
def attempt(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Attempt:
    return Attempt(tmp_path, capsys)


@pytest.mark.parametrize("source", [b"", b"\n", b" \n\t\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n"])
def test_a_source_without_a_sentence_is_an_error(attempt: Attempt, source: bytes) -> None:
    assert attempt(source) == 3
    assert "s.txt" in attempt.told
    assert "no sentence" in attempt.told
    assert attempt.nothing_made()


@pytest.mark.parametrize(
    ("source", "line"),
    [
        (b"light\nlight \0 light\n", 2),
        (b"light\ncaf\xe9 light\n", 2),
        (b"light\n\nx\xff\xfe\n", 3),
        (b"light\n\xed\xa0\x80 light\n", 2),
        ("light\n".encode("utf-16-le"), 1),
    ],
)
def test_what_is_no_text_is_an_error_with_file_and_line(attempt: Attempt, source: bytes, line: int) -> None:
    assert attempt(source) == 3
    assert f"s.txt:{line}:" in attempt.told
    assert attempt.nothing_made()
    assert attempt(source, "--skip-bad") == (3 if line == 1 else 0), (
        "without the line nothing or the rest is left"
    )


@pytest.mark.parametrize(
    "source",
    [
        "the light\na light",
        "\ufeffthe light\na light\n",
        "the light\r\na light\r\n",
        "the light\ra light\r",
        "the light\n\n\n\na light\n\n",
        "\ufeffthe light\na light\n".encode("utf-16-le"),
        "\ufeffthe light\r\na light\r\n".encode("utf-16-be"),
        "\ufeffthe light\na light\n".encode("utf-32-le"),
    ],
)
def test_marks_ends_of_lines_and_wide_text_are_read(attempt: Attempt, source: str | bytes) -> None:
    assert attempt(source, "--set", "transfer=off") == 0
    assert attempt.texts == ["the ljós", "a ljós"]


@pytest.mark.parametrize(
    "piece",
    ["x", "light, ", "\u0301", *(pytest.param(p, marks=pytest.mark.slow) for p in ("x ", "don't ", "👍"))],
)
def test_a_line_of_a_million_characters(attempt: Attempt, piece: str) -> None:
    line = ("a" + piece * (1_000_000 // len(piece))).rstrip()
    assert attempt(f"the light\n{line}\nlight\n", "--set", "transfer=off") == 0
    first, long, last = Corpus.open(attempt.out).rows(["text", "tokens", "starts"])
    assert first["text"] == "the ljós"
    assert last["text"] == "ljós"
    for token, start in list(zip(long["tokens"], long["starts"], strict=True))[-3:]:
        assert long["text"][start : start + len(token)] == token


@pytest.mark.parametrize(
    "text",
    [
        "שלום light עולם",
        "مرحبا light \u202bعالم\u202c",
        "x\u200dy light",
        "e\u0301\u0323 light",
        "👩‍👩‍👧‍👦 light 🇫🇴",
        "Ω light Ж light 日本 light",
        "\u2028light\u2029",
        "\x0blight\x0c",
        "\u00adlight",
        "light\x01",
        "\ue000light \U000f0000 light",
        "a\ufffdb light",
        "\x85light",
    ],
)
def test_mixed_scripts_and_odd_characters_are_read(attempt: Attempt, text: str) -> None:
    assert attempt(text) == 0
    (row,) = Corpus.open(attempt.out).rows()
    assert row["source_text"] == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize(
    ("name", "source", "line"),
    [
        ("s.iob2", "turn B-X\nit I-X\n\nthe O\nlight I-Y\n", 5),
        ("s.iob2", "turn B-X\nit I-Y\n", 2),
        ("s.iob2", "turn B-\n", 1),
        ("s.iob2", "turn B-X\nlight\n", 2),
        ("s.xsid", "# text = hi\n1\thi\tgreet\tI-X\n", 2),
        ("s.xsid", "1\thi\tgreet\tO\n2\tyou\tleave\tO\n", 2),
        ("s.conllu", "1\tlight\tlight\tNOUN\t_\t_\t0\n", 1),
        ("s.conllu", "1\tlight\tlight\tNOISE\t_\t_\t0\troot\t_\t_\n\n", 1),
        ("s.tsv", "text\tlabel\nthe light\tx\nno label\n", 3),
        ("s.csv", 'text,label\n"the light,x\n', 2),
    ],
)
def test_broken_labels_are_errors_with_file_and_line(
    attempt: Attempt, name: str, source: str, line: int
) -> None:
    assert attempt(source, name=name) == 3
    assert f"{name}:{line}" in attempt.told
    assert attempt.nothing_made()


def test_bad_lines_may_be_skipped_and_are_counted(attempt: Attempt) -> None:
    assert attempt("turn B-X\nit I-Y\n\nthe O\nlight B-Y\n", "--skip-bad", name="s.iob2") == 0
    card = Corpus.open(attempt.out).card
    assert card["rows"] == 1
    assert "s.iob2:2" in str(card["source"]["skipped"]) or card["source"]["skipped"]


@pytest.mark.parametrize(
    ("lexicon", "told"),
    [
        (b"", "no entries"),
        (b"source\ttarget\n", "no entries"),
        (b"light\n", "l.tsv"),
        (b"light\tlj\xf3s\n", "l.tsv:1"),
        (b"light\t\xd9\xa1\xd8\xa8\xd9\x8a\xd8\xaa\nhouse\t\xd8\xa8\xd9\x8a\xd8\xaa\n", "Arab"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "l.tsv"),
        (b"<html><body>404</body></html>", "l.tsv"),
        (b"light\t\nhouse\t\n", "no entries"),
    ],
)
def test_a_lexicon_that_is_none_is_an_error(attempt: Attempt, lexicon: bytes, told: str) -> None:
    assert attempt("the light", lexicon=lexicon) in (2, 3)
    assert told in attempt.told
    assert attempt.nothing_made()


@pytest.mark.parametrize(
    "lexicon",
    [
        "\ufefflight\tljós\n",
        "light\tljós\r\nhouse\thús\r\n",
        "light\tljo\u0301s",
        "source\ttarget\nlight\tljós\n",
        "LIGHT\tljós\nlight\tljós\n",
        "light\tljós\n\n\n# a remark\n",
    ],
)
def test_lexicons_are_read_however_they_are_written(attempt: Attempt, lexicon: str) -> None:
    assert attempt("see light", lexicon=lexicon) == 0
    assert attempt.texts == ["see ljós"]


def test_missing_files_are_named(attempt: Attempt) -> None:
    attempt("light")
    for option, path in (("--source", "none.txt"), ("--lexicon", "none.tsv"), ("--paradigms", "none.tsv")):
        code = run([*attempt.arguments("s.txt"), "--inflector", "auto", option, str(attempt.folder / path)])
        told = attempt._capsys.readouterr().err
        assert code in (2, 3), told
        assert path in told
        assert "Traceback" not in told


def test_unknown_languages_and_knobs_are_refused(attempt: Attempt) -> None:
    assert attempt("light", "--set", "multwiord=off") == 2
    assert "multiword" in attempt.told
    assert attempt("light", "--lang", "klingonish") == 2
    assert attempt("light", "--set", "seed=x") == 2
    assert attempt("light", "--set", "temperature=0") == 2
    assert attempt("light", "--min-coverage", "2") == 2
    assert attempt("light", "--kind", "pseudo-labelled") == 2
    assert attempt.nothing_made()


def test_a_file_at_the_corpus_place_is_kept(attempt: Attempt) -> None:
    attempt.out.write_text("mine", encoding="utf-8")
    assert attempt("light", "--force") == 2
    assert attempt.out.read_text(encoding="utf-8") == "mine"


def test_a_place_below_a_file_is_an_error(attempt: Attempt) -> None:
    (attempt.folder / "file").write_text("mine", encoding="utf-8")
    assert attempt("light", "-o", str(attempt.folder / "file" / "out")) in (2, 3)
    assert "file" in attempt.told


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_is_an_error(attempt: Attempt) -> None:
    place = attempt.folder / "closed"
    place.mkdir()
    place.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        assert attempt("light", "-o", str(place / "out")) == 3
        assert "closed" in attempt.told
    finally:
        place.chmod(stat.S_IRWXU)


def test_a_folder_that_nobody_can_write_is_an_error(attempt: Attempt) -> None:
    """In /proc even root makes no folder."""
    if not Path("/proc/self").exists():
        pytest.skip("no /proc here")
    assert attempt("light", "-o", "/proc/lexexpand/out") == 3
    assert "/proc/lexexpand" in attempt.told


@pytest.mark.parametrize(
    "limit", [pytest.param(limit, marks=pytest.mark.slow) for limit in (0, 300, 6000)] + [2000]
)
def test_a_full_disk_leaves_nothing_half_written(make: Maker, limit: int) -> None:
    """No file may grow beyond the limit: what a full disk does to a write."""
    folder = make.folder()
    (folder / "s.txt").write_text("the light is on\n" * 300, encoding="utf-8")
    (folder / "l.tsv").write_text(LEXICON, encoding="utf-8")
    command = synth_command(folder / "s.txt", folder / "l.tsv", folder / "out")
    environment = {**os.environ, "LEXEXPAND_CACHE": str(folder / "cache")}

    def confine() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    done = subprocess.run(
        command, env=environment, preexec_fn=confine, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 3, done.stderr
    assert "Traceback" not in done.stderr
    assert "bug of ours" not in done.stderr
    assert not (folder / "out").exists()
    after = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert after.returncode == 0, after.stderr
    assert len(Corpus.open(folder / "out")) == 300


def test_a_cut_corpus_says_so(attempt: Attempt) -> None:
    assert attempt("the light\n" * 50) == 0
    shard = attempt.out / "data" / "00000.parquet"
    shard.write_bytes(shard.read_bytes()[:-30])
    (finding,) = Corpus.open(attempt.out).verify()
    assert "sha256" in finding.message
