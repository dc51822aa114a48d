"""What is spoilt, unsafe, for another base or from a newer version is refused; the error names the file.

Each row spoils a real bundle in one way. `SEALED` rows renew the digests afterwards, as somebody who means
harm would: digests tell damage, not honesty.
"""

from __future__ import annotations

import json
import os
import pickle
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from lexexpand.bundle.folder import digests
from lexexpand.bundle.load import load_bundle
from lexexpand.bundle.verify import verify_bundle
from lexexpand.errors import BundleError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lexexpand.model.base import Base

LANGUAGE, HEADS = "language/adapter_model.safetensors", "tasks/pos/heads.safetensors"


def seal(folder: Path) -> None:
    (folder / "SHA256SUMS").write_text(digests(folder))


def cut(name: str, keep: float = 0.5) -> Callable[[Path], object]:
    def spoil(folder: Path) -> None:
        content = (folder / name).read_bytes()
        (folder / name).write_bytes(content[: int(len(content) * keep)])

    return spoil


def flip(name: str) -> Callable[[Path], object]:
    def spoil(folder: Path) -> None:
        content = bytearray((folder / name).read_bytes())
        content[-3] ^= 1
        (folder / name).write_bytes(bytes(content))

    return spoil


def note(change: Callable[[dict[str, Any]], object]) -> Callable[[Path], object]:
    def spoil(folder: Path) -> None:
        told = json.loads((folder / "bundle.json").read_text())
        change(told)
        (folder / "bundle.json").write_text(json.dumps(told))

    return spoil


def config(**changes: Any) -> Callable[[Path], object]:
    def spoil(folder: Path) -> None:
        path = folder / "language/adapter_config.json"
        path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))

    return spoil


def tensors(name: str, change: Callable[[dict[str, torch.Tensor]], object]) -> Callable[[Path], object]:
    def spoil(folder: Path) -> None:
        state = load_file(folder / name)
        change(state)
        save_file({key: value.contiguous() for key, value in state.items()}, folder / name)

    return spoil


def each(act: Callable[[torch.Tensor], torch.Tensor]) -> Callable[[dict[str, torch.Tensor]], object]:
    return lambda state: state.update({key: act(value) for key, value in state.items()})


def first(act: Callable[[torch.Tensor], torch.Tensor]) -> Callable[[dict[str, torch.Tensor]], object]:
    return lambda state: state.update({min(state): act(state[min(state)])})


def link_file(folder: Path) -> None:
    (folder / HEADS).rename(folder.parent / "heads.safetensors")
    (folder / HEADS).symlink_to(folder.parent / "heads.safetensors")


def link_folder(folder: Path) -> None:
    (folder / "language").rename(folder.parent / "elsewhere")
    (folder / "language").symlink_to(folder.parent / "elsewhere", target_is_directory=True)


def write(name: str, content: bytes) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_bytes(content)


def sums(line: str) -> Callable[[Path], object]:
    def spoil(folder: Path) -> None:
        with (folder / "SHA256SUMS").open("a") as file:
            file.write(line)

    return spoil


def task(**changes: Any) -> Callable[[dict[str, Any]], object]:
    return lambda told: told["tasks"]["pos"].update(changes)


def head(**changes: Any) -> Callable[[dict[str, Any]], object]:
    return lambda told: told["tasks"]["pos"]["heads"][0].update(changes)


SPOILT: dict[str, tuple[Callable[[Path], object], str, str]] = {
    "weights cut off": (cut(LANGUAGE), LANGUAGE, "damaged, cut off or edited.*again"),
    "weights empty": (cut(LANGUAGE, 0), LANGUAGE, "damaged, cut off or edited"),
    "one bit of a head": (flip(HEADS), HEADS, "damaged, cut off or edited"),
    "card edited": (write("README.md", b"# better\n"), "README.md", "damaged, cut off or edited"),
    "config edited": (config(lora_alpha=99), "language/adapter_config.json", "damaged, cut off or edited"),
    "manifest cut off": (cut("bundle.json"), "bundle.json", "not JSON.*cut off or damaged"),
    "manifest edited": (note(head(labels=["A", "B", "C", "D"])), "bundle.json", "damaged, cut off or edited"),
    "manifest not UTF-8": (write("bundle.json", b"\xff\xfe{"), "bundle.json", "not a text in UTF-8"),
    "manifest gone": (lambda f: (f / "bundle.json").unlink(), "fao", "no bundle here"),
    "digests gone": (lambda f: (f / "SHA256SUMS").unlink(), "SHA256SUMS", "missing.*again"),
    "digests cut off": (cut("SHA256SUMS", 0.9), "SHA256SUMS", "cut off"),
    "digests edited": (sums("hello\n"), "SHA256SUMS", r"SHA256SUMS:\d+: not a digest"),
    "a file gone": (lambda f: (f / HEADS).unlink(), HEADS, "missing, though SHA256SUMS lists it"),
    "a file too many": (write("notes.md", b"hello"), "notes.md", "not a file of this bundle.*Take it out"),
    "digests of a path outside": (
        sums(f"{'0' * 64}  ../../secret.json\n"),
        "SHA256SUMS",
        "outside of the bundle",
    ),
    "digests of an absolute path": (
        sums(f"{'0' * 64}  /etc/passwd\n"),
        "SHA256SUMS",
        "outside of the bundle",
    ),
}

SEALED: dict[str, tuple[Callable[[Path], object], str, str]] = {
    "a link": (link_file, HEADS, "a link.*links followed"),
    "a folder that is a link": (link_folder, "language", "a link"),
    "a pickle": (
        write("tasks/pos/heads.bin", pickle.dumps({"a": 1})),
        "tasks/pos/heads.bin",
        "pickle.*not opened",
    ),
    "a pickle by another name": (write(HEADS, pickle.dumps({"a": 1})), HEADS, "pickle.*not opened"),
    "weights of torch by another name": (
        lambda f: torch.save({"a": torch.zeros(1)}, f / HEADS),
        HEADS,
        "pickle",
    ),
    "code": (write("modeling.py", b"import os"), "modeling.py", "pickle or code"),
    "a file of another kind": (write("run.sh", b"rm"), "run.sh", "not a kind of file"),
    "a path outside in the manifest": (
        note(head(file="../../x.safetensors")),
        "bundle.json",
        "outside of the bundle",
    ),
    "a backslash in the manifest": (
        note(head(file="..\\..\\x.safetensors")),
        "bundle.json",
        "outside of the bundle",
    ),
    "an adapter outside": (
        note(lambda t: t["adapter"].update(folder="/tmp")),
        "bundle.json",
        "outside of the bundle",
    ),
    "a task's name outside": (
        note(lambda t: t["tasks"].update({"../x": t["tasks"]["pos"]})),
        "bundle.json",
        "outside",
    ),
    "a newer schema": (
        note(lambda t: t.update(schema=2, versions={"lexexpand": "9.1"})),
        "bundle.json",
        "schema 2, written by lexexpand 9.1.*Upgrade: pip install",
    ),
    "no schema": (note(lambda t: t.pop("schema")), "bundle.json", "no schema number"),
    "a list for a manifest": (write("bundle.json", b"[]"), "bundle.json", "not the manifest"),
    "very deep JSON": (write("bundle.json", b"[" * 100_000), "bundle.json", "not JSON"),
    "no base": (note(lambda t: t.pop("base")), "bundle.json", "base is missing; expected an object"),
    "a number for a language": (
        note(lambda t: t.update(language=7)),
        "bundle.json",
        "language is 7; expected text",
    ),
    "a rank of zero": (
        note(lambda t: t["adapter"].update(r=0)),
        "bundle.json",
        "adapter.r is 0; expected a rank",
    ),
    "a label twice": (
        note(head(labels=["A", "A", "B", "C"])),
        "bundle.json",
        r"heads\[0\]\.labels is .*different",
    ),
    "too few labels": (note(head(labels=["A", "B"])), HEADS, r"shape \(4, 32\)|shape \(4,\).*says 2 labels"),
    "an unknown kind": (note(task(kind="poetry")), "bundle.json", "unknown kind 'poetry'"),
    "a head of another name": (note(head(name="tags")), HEADS, "nothing of the head tags"),
    "another base": (
        note(lambda t: t["base"].update(digest="0" * 64)),
        "bundle.json",
        "made for the base tiny-bert",
    ),
    "weights in half precision": (
        tensors(LANGUAGE, each(torch.Tensor.half)),
        LANGUAGE,
        "is float16; .* float32",
    ),
    "whole numbers for weights": (tensors(HEADS, each(torch.Tensor.int)), HEADS, "is int32; .* float32"),
    "a NaN": (tensors(LANGUAGE, first(lambda t: t * float("nan"))), LANGUAGE, "NaN or infinite"),
    "another rank": (
        tensors(LANGUAGE, first(lambda t: t[:2])),
        LANGUAGE,
        r"shape \(2, 32\); bundle.json says r = 4",
    ),
    "another width": (
        tensors(LANGUAGE, first(lambda t: t[:, :8])),
        LANGUAGE,
        "does not fit this base.*Load it on",
    ),
    "a head of another width": (tensors(HEADS, each(lambda t: t[..., :3])), HEADS, "shape|fit"),
    "a tensor too many": (tensors(HEADS, lambda s: s.update(extra=torch.zeros(1))), HEADS, "extra"),
    "a tensor gone": (
        tensors(LANGUAGE, lambda s: s.pop(min(s))),
        LANGUAGE,
        "does not fit this base: 1 tensor",
    ),
    "weights cut off, sealed": (cut(LANGUAGE), LANGUAGE, "not safetensors, or cut off"),
    "not safetensors": (write(HEADS, b"hello, this is text"), HEADS, "not safetensors"),
    "peft would compute something else": (
        config(lora_alpha=99),
        "language/adapter_config.json",
        "lora_alpha is 99",
    ),
    "peft would train other rows": (
        config(trainable_token_indices=[1]),
        "language/adapter_config.json",
        "token_ind",
    ),
    "config no JSON": (
        write("language/adapter_config.json", b"{"),
        "language/adapter_config.json",
        "configuration",
    ),
    "config gone": (
        lambda f: (f / "language/adapter_config.json").unlink(),
        "language/adapter_config.json",
        "missing",
    ),
    "digests of code in torch": (lambda f: torch.save([1], f / "x.pt"), "x.pt", "pickle or code"),
}


@pytest.mark.parametrize("case", SPOILT)
def test_a_spoilt_bundle_is_refused(case: str, folder: Path, bert: Base) -> None:
    spoil, file, message = SPOILT[case]
    spoil(folder)
    refused(folder, bert, file, message)


@pytest.mark.parametrize("case", SEALED)
def test_a_bundle_that_was_spoilt_and_sealed_again_is_refused(case: str, folder: Path, bert: Base) -> None:
    spoil, file, message = SEALED[case]
    spoil(folder)
    with suppress(BundleError):  # the survey refuses some of it even to whoever seals
        seal(folder)
    refused(folder, bert, file, message)


def refused(folder: Path, base: Base, file: str, message: str) -> None:
    with pytest.raises(BundleError) as caught:
        load_bundle(folder, base=base, device="cpu")
    told = str(caught.value)
    place = str(folder if file == folder.name else folder / file)
    assert told.startswith(place), told
    assert re.search(message, told, re.DOTALL), told


def test_what_damage_verify_sees_it_lists_all_at_once(folder: Path) -> None:
    flip(HEADS)(folder)
    flip(LANGUAGE)(folder)
    assert sorted(finding.file for finding in verify_bundle(folder)) == [LANGUAGE, HEADS]


def test_a_sound_bundle_has_no_findings(folder: Path) -> None:
    assert verify_bundle(folder) == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_a_pipe_is_refused_and_not_read(folder: Path, bert: Base) -> None:
    os.mkfifo(folder / "pipe.json")
    refused(folder, bert, "pipe.json", "neither a file nor a folder")


def test_what_a_download_leaves_beside_it_is_not_read(folder: Path, bert: Base) -> None:
    (folder / ".cache").mkdir()
    (folder / ".cache" / "x.bin").write_bytes(b"anything")
    (folder / ".gitattributes").write_text("*.bin")
    load_bundle(folder, base=bert, device="cpu")


def test_a_folder_that_is_none_says_what_it_is(tmp_path: Path, folder: Path, bert: Base) -> None:
    for path, message in [
        (tmp_path / "nothing", "there is no such folder"),
        (folder / "bundle.json", "is a file: unpack it"),
        (folder / "language", "a bare peft adapter"),
        (tmp_path, "no bundle here"),
    ]:
        with pytest.raises(BundleError, match=message):
            load_bundle(path, base=bert)


def test_a_header_that_looks_like_a_pickle_is_none(folder: Path) -> None:
    """A safetensors header of 640 bytes begins with the bytes of a pickle of protocol 2."""
    header = json.dumps({"__metadata__": {"a": ""}})
    header = header.replace('""', '"' + "x" * (640 - len(header)) + '"')
    path = folder / "tasks/pos/x.safetensors"
    path.write_bytes(len(header).to_bytes(8, "little") + header.encode())
    assert path.read_bytes()[:2] == b"\x80\x02"
    seal(folder)
    assert verify_bundle(folder) == []


def test_the_path_of_a_base_is_never_taken_from_a_bundle(folder: Path) -> None:
    for wanted in ("../../etc", "/etc", "owner/../../etc", "~/x"):
        note(lambda told, wanted=wanted: told["base"].update(id=wanted, revision="main"))(folder)  # type: ignore[misc]
        seal(folder)
        with pytest.raises(BundleError, match="say where it is"):
            load_bundle(folder)
