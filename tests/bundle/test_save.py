"""A bundle is written whole, the same each time, and readable by peft and by people."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from peft import PeftModel
from safetensors.torch import load_file
from transformers import AutoModel

from lexexpand.bundle import save
from lexexpand.bundle.load import load_bundle
from lexexpand.bundle.save import add_scores, save_bundle
from lexexpand.bundle.verify import describe, verify_bundle
from lexexpand.errors import BundleError, ConfigError, DataError
from tests.bundle.conftest import DATA, SCORES, outputs, tiny_network
from tests.model.conftest import KINDS, tiny_base

if TYPE_CHECKING:
    from pathlib import Path

    from lexexpand.model.base import Base
    from lexexpand.model.network import Network


def test_the_same_network_gives_the_same_bytes(network: Network, made: Path, tmp_path: Path) -> None:
    again = save_bundle(tmp_path / "again", network, language="fao_Latn", scores=SCORES, data=DATA)
    assert (again / "SHA256SUMS").read_bytes() == (made / "SHA256SUMS").read_bytes()


def test_every_file_is_listed_with_its_digest(made: Path) -> None:
    lines = dict(reversed(line.split("  ")) for line in (made / "SHA256SUMS").read_text().splitlines())
    there = {p.relative_to(made).as_posix(): p for p in made.rglob("*") if p.is_file()}
    assert lines.keys() == there.keys() - {"SHA256SUMS"}
    assert all(
        hashlib.sha256(there[name].read_bytes()).hexdigest() == digest for name, digest in lines.items()
    )
    assert not verify_bundle(made)


def test_no_path_of_this_machine_is_in_it(made: Path, bert: Base) -> None:
    text = "".join(p.read_text() for p in made.rglob("*") if p.suffix in {".json", ".md"})
    assert str(bert.folder) not in text
    assert str(made.parent) not in text
    assert (
        json.loads((made / "language/adapter_config.json").read_text())["base_model_name_or_path"] == bert.id
    )


def test_all_files_may_be_read_by_whoever_may_read_the_folder(made: Path) -> None:
    mask = os.umask(0)
    os.umask(mask)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in made.rglob("*") if path.is_file()}
    assert modes == {0o666 & ~mask}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rows", [(), (5, 7, 20)])
def test_the_language_adapter_opens_with_peft_alone(kind: str, rows: tuple[int, ...], tmp_path: Path) -> None:
    base = tiny_base(kind)
    network = tiny_network(base, rows=rows)
    place = save_bundle(tmp_path / "b", network, language="fao_Latn")
    encoder = AutoModel.from_pretrained(base.folder)  # as anybody would, with its pooler if it has one
    model = PeftModel.from_pretrained(encoder, place / "language").eval()
    ids = torch.tensor([[2, 5, 7, 9, 20, 3]])
    mask = torch.ones_like(ids)
    network.activate(None, None)
    with torch.inference_mode():
        ours = network.last(ids, mask.bool())
        theirs = model(input_ids=ids, attention_mask=mask).last_hidden_state
        with model.disable_adapter():
            bare = model(input_ids=ids, attention_mask=mask).last_hidden_state
    assert torch.allclose(ours, theirs, atol=1e-5)
    assert not torch.allclose(ours, bare, atol=1e-2)


def test_a_fully_tuned_encoder_is_saved_and_loaded(bert: Base, tmp_path: Path) -> None:
    network = tiny_full(bert)
    place = save_bundle(tmp_path / "full", network, language="fao_Latn")
    assert (place / "encoder/model.safetensors").is_file()
    assert not (place / "language").exists()
    loaded = load_bundle(place, base=bert, device="cpu")
    words = network.words("pos")(["the", "old", "man"])
    assert (
        list(loaded([["the", "old", "man"]], task="pos")[0].tags)
        == network.predict("pos", [words])[0]["upos"]
    )
    saved = load_file(place / "encoder/model.safetensors")
    assert all(torch.equal(saved[key], value) for key, value in network.parts()["encoder"].items())


def tiny_full(base: Base) -> Network:
    from lexexpand.model.network import Network
    from lexexpand.model.tasks import Task

    network = Network.open(base)
    network.add_task(Task("pos", "pos", (("upos", ("A", "B", "C")),)), None)
    network.activate("pos", "full")
    torch.manual_seed(1)
    with torch.no_grad():
        for tensor in network.parameters():
            tensor.add_(0.1 * torch.randn_like(tensor))
    network.activate("pos", None)
    return network


def test_what_is_there_is_not_replaced_unless_asked(folder: Path, network: Network, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"exists already.*--force"):
        save_bundle(folder, network, language="fao_Latn")
    save_bundle(folder, network, language="fao_Latn", force=True)
    assert not verify_bundle(folder)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    with pytest.raises(ConfigError, match="not replaced"):
        save_bundle(tmp_path / "mine", network, language="fao_Latn", force=True)
    assert (tmp_path / "mine" / "thesis.txt").is_file()


def test_a_write_that_fails_leaves_the_old_bundle_and_no_rest(
    folder: Path, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = outputs_of_files(folder)

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(save, "write_tensors", full)
    with pytest.raises(DataError, match="No space left"):
        save_bundle(folder, network, language="fao_Latn", force=True)
    assert outputs_of_files(folder) == before
    assert [path.name for path in folder.parent.iterdir()] == ["fao"]


def outputs_of_files(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_scores_are_added_and_the_weights_stay(folder: Path, bert: Base) -> None:
    before = outputs(load_bundle(folder, base=bert, device="cpu"))
    weights = (folder / "tasks/pos/heads.safetensors").read_bytes()
    add_scores(folder, [{**SCORES[0], "value": 0.75}])
    after = load_bundle(folder, base=bert, device="cpu")
    assert [score.value for score in after.manifest.scores] == [0.75]
    assert "75.0 [58.0, 64.0]" in (folder / "README.md").read_text()
    assert (folder / "tasks/pos/heads.safetensors").read_bytes() == weights
    assert outputs(after) == before


def test_a_score_that_lacks_a_field_is_refused_before_anything_is_written(
    network: Network, tmp_path: Path
) -> None:
    with pytest.raises(BundleError, match=r"scores\[0\]\.system is missing"):
        save_bundle(tmp_path / "b", network, language="fao_Latn", scores=[{"task": "pos"}])
    assert not (tmp_path / "b").exists()


def test_digests_of_the_training_text_come_back(network: Network, bert: Base, tmp_path: Path) -> None:
    seen = np.array([2**64 - 1, 5, 5, 9], np.uint64)
    place = save_bundle(tmp_path / "b", network, language="fao_Latn", trained_on=seen)
    found = load_bundle(place, base=bert, device="cpu").trained_on
    assert found is not None
    assert sorted(found.tolist()) == [5, 9, 2**64 - 1]


def test_the_card_stands_scores_beside_zero_shot_and_names_data_and_limits(made: Path) -> None:
    card = (made / "README.md").read_text(encoding="utf-8")
    assert card.startswith('---\nlibrary_name: "peft"\nbase_model: "tiny-bert"\n')
    assert 'license: "cc0-1.0"' in card
    assert "| pos | accuracy | 61.0 [58.0, 64.0] | 37.0 [34.0, 40.0] | 900 |" in card
    assert "| starter | lexicon | 1 | CC0-1.0 |" in card
    assert "synthetic text" in card


def test_the_card_of_the_embedded_base_says_that_it_is_a_copy_in_4_bits(made: Path) -> None:
    from dataclasses import replace

    from lexexpand.bundle.load import read_bundle_manifest
    from lexexpand.bundle.readme import model_card

    manifest = read_bundle_manifest(made)
    base = replace(manifest.base, id="lexexpand/embedded-0123456789ab")
    assert "4-bit copy" in model_card(replace(manifest, base=base))
    assert "4-bit copy" not in model_card(manifest)


def test_a_name_cannot_break_out_of_the_card(made: Path) -> None:
    from dataclasses import replace

    from lexexpand.bundle.load import read_bundle_manifest
    from lexexpand.bundle.readme import model_card

    manifest = read_bundle_manifest(made)
    data = {**manifest.data, "packs": [{"id": "a|b\n---\nlicense: mit", "licence": "`x`"}]}
    card = model_card(replace(manifest, data=data))
    assert "| a\\|b --- license: mit |" in card
    assert card.count("\n---\n") == 1


def test_showing_needs_no_weights(made: Path) -> None:
    told = describe(made)
    assert told["language"] == "fao_Latn"
    assert told["bytes"]["total"] == sum(told["bytes"][k] for k in told["bytes"] if k != "total")
    json.dumps(told)
