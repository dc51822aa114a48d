"""Fetching, tried against a server that misbehaves: a clear error or a right file, never half of one."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

import pytest

from lexexpand.errors import ConfigError, DataError, IntegrityError, LexexpandError, MissingDataError
from lexexpand.resources import store
from lexexpand.resources.card import Card
from lexexpand.resources.fetch import Fetcher
from lexexpand.resources.transfer import Patience

CONTENT = "".join(f"word {n}\torð {n}\n" for n in range(20_000)).encode()
HASTE = Patience(tries=3, pause=0.01, connect=0.5, read=0.3, whole=0.6)

MakePack = Callable[..., Card]


def remote(make_pack: MakePack, server, way: str) -> Card:
    return make_pack((way, f"{server.url}/{quote(way)}", CONTENT, "", ""))


def leftovers(cache: Path) -> list[Path]:
    """Files in the cache that are neither locks nor right."""
    return [p for p in cache.rglob("*") if p.is_file() and p.suffix != ".lock" and p.read_bytes() != CONTENT]


@pytest.mark.parametrize("way", ["whole", "slow", "broken_off_once", "503 then right", "o'clock"])
def test_a_file_that_arrives_in_the_end_is_right(way, server, make_pack, tmp_path):
    card = remote(make_pack, server, way)
    patient = Patience(tries=3, pause=0.01, read=5.0)
    path = Fetcher(cache=tmp_path / "cache", patience=patient).path(card, card.files[0])
    assert path.read_bytes() == CONTENT
    assert not leftovers(tmp_path / "cache")


@pytest.mark.parametrize(
    ("way", "kind", "tries", "told"),
    [
        ("other", IntegrityError, 1, "sha256 is"),
        ("longer", IntegrityError, 1, "more than the"),
        ("html", IntegrityError, 1, "web page"),
        ("404", MissingDataError, 1, "404 Not Found"),
        ("403", MissingDataError, 1, "403 Forbidden"),
        ("429", MissingDataError, 3, "429 Too Many Requests (tried 3 times)"),
        ("500", MissingDataError, 3, "500 Internal Server Error (tried 3 times)"),
        ("broken_off", MissingDataError, 3, "broke"),
        ("short", MissingDataError, 3, "broke off after 70,000 of"),
        ("silent", MissingDataError, 3, "the server is silent"),
        ("silent_body", MissingDataError, 3, "the server is silent"),
        ("dripping", MissingDataError, 3, "not done after 0.6 seconds"),
    ],
)
def test_each_way_to_misbehave_is_an_error_that_says_so(way, kind, tries, told, server, make_pack, tmp_path):
    card = remote(make_pack, server, way)
    start = time.monotonic()
    with pytest.raises(kind) as caught:
        Fetcher(cache=tmp_path / "cache", patience=HASTE).path(card, card.files[0])
    assert told in str(caught.value)
    assert server.url in str(caught.value) or way == "other"
    assert len(server.asked) == tries
    assert not leftovers(tmp_path / "cache")
    assert time.monotonic() - start < 6


def test_nobody_listens_at_all(make_pack, tmp_path):
    card = make_pack(("f", "http://127.0.0.1:9/f", CONTENT, "", ""))
    with pytest.raises(MissingDataError, match="no connection"):
        Fetcher(cache=tmp_path / "cache", patience=HASTE).path(card, card.files[0])


def test_a_fetched_file_is_not_fetched_again_and_needs_no_network(server, make_pack, tmp_path):
    card = remote(make_pack, server, "whole")
    Fetcher(cache=tmp_path / "cache").path(card, card.files[0])
    again = Fetcher(cache=tmp_path / "cache", offline=True)
    assert again.has(card, card.files[0])
    assert again.path(card, card.files[0]).read_bytes() == CONTENT
    assert len(server.asked) == 1


@pytest.mark.parametrize("damage", [CONTENT[:-1] + b"x", CONTENT[:500], b"", b"<html>log in</html>"])
def test_a_damaged_file_in_the_cache_is_found_and_fetched_anew(damage, server, make_pack, tmp_path):
    card = remote(make_pack, server, "whole")
    fetcher = Fetcher(cache=tmp_path / "cache")
    path = fetcher.path(card, card.files[0])
    stamp = path.stat().st_mtime_ns
    path.write_bytes(damage)
    os.utime(path, ns=(stamp + 1, stamp + 1))
    assert fetcher.path(card, card.files[0]).read_bytes() == CONTENT
    assert len(server.asked) == 2


def test_a_damaged_file_offline_is_an_error_with_both_digests(server, make_pack, tmp_path):
    card = remote(make_pack, server, "whole")
    place = Fetcher(cache=tmp_path / "cache").cached_path(card.files[0])
    place.parent.mkdir(parents=True)
    place.write_bytes(CONTENT[:-1] + b"x")
    with pytest.raises(IntegrityError, match=f"sha256 is [0-9a-f]{{64}}.*{card.files[0].sha256}.*--offline"):
        Fetcher(cache=tmp_path / "cache", offline=True).path(card, card.files[0])


def test_offline_without_the_file_names_cache_and_url(server, make_pack, tmp_path):
    card = remote(make_pack, server, "whole")
    with pytest.raises(MissingDataError, match="--offline forbids") as caught:
        Fetcher(cache=tmp_path / "cache", offline=True).path(card, card.files[0])
    assert str(tmp_path / "cache") in str(caught.value)
    assert not server.asked


def fill_mirror(folder: Path, card: Card, content: bytes = CONTENT) -> Path:
    place = folder / store.url_path(card.files[0].url)
    place.parent.mkdir(parents=True)
    place.write_bytes(content)
    return place


@pytest.mark.parametrize("form", ["{}", "file://{}"])
def test_a_mirror_folder_serves_escaped_names_offline(form, make_pack, tmp_path):
    card = make_pack(("o'clock", "https://example.org/a/o%27clock.tsv", CONTENT, "", ""))
    place = fill_mirror(tmp_path / "mirror", card)
    assert place.name == "o'clock.tsv"
    fetcher = Fetcher(cache=tmp_path / "cache", mirror=form.format(tmp_path / "mirror"), offline=True)
    assert fetcher.path(card, card.files[0]) == place
    assert not (tmp_path / "cache").exists()


def test_fetch_copies_from_the_mirror_into_the_cache(make_pack, tmp_path):
    card = make_pack(("f", "https://example.org/f.tsv", CONTENT, "", ""))
    fill_mirror(tmp_path / "mirror", card)
    got = Fetcher(cache=tmp_path / "cache", mirror=str(tmp_path / "mirror"), offline=True)
    assert got.fetch(card, card.files[0]) == tmp_path / "cache/files/example.org/f.tsv"
    shutil.rmtree(tmp_path / "mirror")
    assert got.path(card, card.files[0]).read_bytes() == CONTENT


def test_a_wrong_file_in_the_mirror_is_passed_over_for_the_network(server, make_pack, tmp_path):
    card = remote(make_pack, server, "whole")
    wrong = fill_mirror(tmp_path / "mirror", card, b"wrong")
    got = Fetcher(cache=tmp_path / "cache", mirror=str(tmp_path / "mirror")).path(card, card.files[0])
    assert got.read_bytes() == CONTENT
    assert wrong.read_bytes() == b"wrong"


def test_a_wrong_file_in_the_mirror_offline_is_an_error_that_names_it(make_pack, tmp_path):
    card = make_pack(("f", "https://example.org/f.tsv", CONTENT, "", ""))
    wrong = fill_mirror(tmp_path / "mirror", card, b"wrong")
    with pytest.raises(IntegrityError, match="5 bytes, and its card says") as caught:
        Fetcher(cache=tmp_path / "cache", mirror=str(tmp_path / "mirror"), offline=True).path(
            card, card.files[0]
        )
    assert str(wrong) in str(caught.value)


def test_a_mirror_by_url_is_asked_before_the_network(server, make_pack, tmp_path):
    card = make_pack(("whole", "http://127.0.0.1:9/some/whole", CONTENT, "", ""))
    mirror = f"{server.url}/mirror"
    assert Fetcher(cache=tmp_path / "c", mirror=mirror).path(card, card.files[0]).read_bytes() == CONTENT
    assert server.asked == ["/mirror/127.0.0.1:9/some/whole"]


def test_a_mirror_that_does_not_exist_is_a_wrong_setting_not_passed_over(tmp_path):
    with pytest.raises(ConfigError, match=r"there is no such mirror"):
        Fetcher(mirror=str(tmp_path / "unmounted"))


def test_the_mirror_of_the_environment_is_used(make_pack, tmp_path, monkeypatch):
    card = make_pack(("f", "https://example.org/f.tsv", CONTENT, "", ""))
    place = fill_mirror(tmp_path / "mirror", card)
    monkeypatch.setenv("LEXEXPAND_MIRROR", str(tmp_path / "mirror"))
    assert Fetcher(offline=True).path(card, card.files[0]) == place


def test_a_file_beside_its_card_comes_first_and_is_checked(make_pack, tmp_path):
    card = make_pack(("own.tsv", "", CONTENT, "", ""))
    fetcher = Fetcher(cache=tmp_path / "cache", offline=True)
    assert fetcher.path(card, card.files[0]) == card.folder / "own.tsv"
    (card.folder / "own.tsv").write_bytes(b"changed")
    with pytest.raises(IntegrityError, match=r"own\.tsv: 7 bytes"):
        fetcher.path(card, card.files[0])
    (card.folder / "own.tsv").unlink()
    with pytest.raises(MissingDataError, match=r"there is no such file; .*has no URL"):
        fetcher.path(card, card.files[0])


def test_a_blocked_file_says_why(make_pack, tmp_path):
    card = make_pack(("en_ts.tsv", "https://example.org/f", CONTENT, "", "the rows are those of Tswana"))
    with pytest.raises(DataError, match=r"tiny: en_ts\.tsv is blocked: the rows are those of Tswana"):
        Fetcher(cache=tmp_path / "cache").path(card, card.files[0])


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
def test_a_full_disk_says_how_much_is_needed_and_leaves_nothing(server, make_pack, tmp_path, monkeypatch):
    card = remote(make_pack, server, "whole")

    monkeypatch.setattr(store, "open_part", _full_disk)
    with pytest.raises(DataError, match=f"the disk is full, {len(CONTENT):,} bytes are needed"):
        Fetcher(cache=tmp_path / "cache").path(card, card.files[0])
    assert not [p for p in (tmp_path / "cache" / "files").rglob("*") if p.is_file()]


def _full_disk(part: Path) -> BinaryIO:
    import io

    class Full(io.FileIO):
        def seek(self, *args: int) -> int:
            return 0

        def truncate(self, *args: object) -> int:
            return 0

    return Full("/dev/full", "wb")  # type: ignore[return-value]


@pytest.mark.parametrize("code", [errno.EROFS, errno.EACCES])
def test_a_read_only_cache_is_an_error_that_says_what_to_set(code, server, make_pack, tmp_path, monkeypatch):
    card = remote(make_pack, server, "whole")

    def refuse(*args: object, **options: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(store, "open_part", refuse)
    with pytest.raises(DataError, match=r"cannot be written .* set LEXEXPAND_CACHE"):
        Fetcher(cache=tmp_path / "cache").path(card, card.files[0])


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_cache_without_permission_is_the_same_error(server, make_pack, tmp_path):
    (tmp_path / "cache").mkdir(mode=0o555)
    card = remote(make_pack, server, "whole")
    with pytest.raises(DataError, match=r"cannot be written .* set LEXEXPAND_CACHE"):
        Fetcher(cache=tmp_path / "cache").path(card, card.files[0])


def test_a_cache_that_is_a_file_is_an_error(server, make_pack, tmp_path):
    (tmp_path / "cache").write_text("")
    card = remote(make_pack, server, "whole")
    with pytest.raises(DataError, match="set LEXEXPAND_CACHE"):
        Fetcher(cache=tmp_path / "cache").path(card, card.files[0])


def test_a_read_only_cache_that_has_the_file_is_good_enough(server, make_pack, tmp_path, monkeypatch):
    card = remote(make_pack, server, "whole")
    Fetcher(cache=tmp_path / "cache").path(card, card.files[0])
    shutil.rmtree(tmp_path / "cache" / "locks")
    monkeypatch.setattr(
        Path, "mkdir", lambda *a, **k: (_ for _ in ()).throw(OSError(errno.EROFS, "read-only"))
    )
    assert Fetcher(cache=tmp_path / "cache").path(card, card.files[0]).read_bytes() == CONTENT


ONE_PROCESS = """
import sys
from pathlib import Path
from lexexpand.resources.card import load_card
from lexexpand.resources.fetch import Fetcher
card = load_card(Path(sys.argv[1]))
print(Fetcher(cache=Path(sys.argv[2])).path(card, card.files[0]))
"""


def test_of_several_processes_at_once_one_fetches_and_all_have_it(server, make_pack, tmp_path):
    card = remote(make_pack, server, "slow")
    command = [sys.executable, "-c", ONE_PROCESS, str(card.folder), str(tmp_path / "cache")]
    runs = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    paths = {run.communicate(timeout=60)[0].strip() for run in runs}
    assert [run.returncode for run in runs] == [0, 0, 0]
    assert len(paths) == 1
    assert Path(paths.pop()).read_bytes() == CONTENT
    assert len(server.asked) == 1


def test_the_part_of_a_file_is_not_taken_for_that_of_its_namesake(tmp_path, make_pack):
    """`amh` and `amh.args` lie in one folder: who writes the one must leave the other's half alone."""
    card = make_pack(
        ("amh", "https://example.org/amh", CONTENT, "", ""),
        ("amh.args", "https://example.org/amh.args", CONTENT, "", ""),
    )
    short, long = card.files
    with store.new_file(tmp_path / "amh.args", long) as half:
        half.write(CONTENT)
        half.flush()
        with store.new_file(tmp_path / "amh", short) as file:
            file.write(CONTENT)
    assert (tmp_path / "amh").read_bytes() == (tmp_path / "amh.args").read_bytes() == CONTENT


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX's")
def test_a_shared_cache_can_be_read_by_whom_the_umask_allows(server, make_pack, tmp_path):
    card = remote(make_pack, server, "whole")
    before = os.umask(0o022)
    try:
        path = Fetcher(cache=tmp_path / "cache").path(card, card.files[0])
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == 0o644


def test_a_killed_writer_leaves_a_part_that_the_next_one_removes(server, make_pack, tmp_path):
    server.answers["slow"] = lambda handler, count: (time.sleep(0.2), _first_then_wait(handler, count))
    card = remote(make_pack, server, "slow")
    command = [sys.executable, "-c", ONE_PROCESS, str(card.folder), str(tmp_path / "cache")]
    run = subprocess.Popen(command)
    parts: list[Path] = []
    for _ in range(200):
        parts = list(tmp_path.glob("cache/files/**/.*.part"))
        if parts:
            break
        time.sleep(0.02)
    run.kill()
    run.wait()
    assert parts, "the writer was not seen at work"
    server.answers["slow"] = server.answers["whole"]
    path = Fetcher(cache=tmp_path / "cache").path(card, card.files[0])
    assert path.read_bytes() == CONTENT
    assert not list(tmp_path.glob("cache/files/**/.*.part"))


def _first_then_wait(handler, count: int) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(CONTENT)))
    handler.end_headers()
    handler.wfile.write(CONTENT[:100_000])
    handler.wfile.flush()
    time.sleep(3)


@pytest.mark.parametrize(
    "url",
    ["ftp://example.org/f", "https://example.org/a/%2e%2e/%2e%2e/f", "https:///f", "file:///etc/passwd"],
)
def test_a_url_that_is_not_to_be_trusted_is_refused(url):
    with pytest.raises(DataError):
        store.url_path(url)


def test_progress_counts_the_bytes_once_even_over_failed_tries(server, make_pack, tmp_path):
    class Count:
        total = 0

        def update(self, n: int = 1) -> None:
            self.total += n

        def close(self) -> None: ...

    count = Count()
    card = remote(make_pack, server, "broken_off_once")
    Fetcher(cache=tmp_path / "cache", progress=count, patience=HASTE).path(card, card.files[0])
    assert count.total == len(CONTENT)


def test_all_fetching_errors_are_ours():
    assert issubclass(IntegrityError, LexexpandError)
    assert IntegrityError.exit_code == MissingDataError.exit_code == 3
