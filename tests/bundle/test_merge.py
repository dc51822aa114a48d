"""Merged folders open with transformers alone; only what is licensed is pushed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import torch
from huggingface_hub.errors import HFValidationError
from safetensors.torch import load_file
from transformers import AutoModel, AutoModelForTokenClassification, AutoTokenizer, pipeline

from lexexpand.bundle.load import load_bundle
from lexexpand.bundle.merge import merge_bundle
from lexexpand.bundle.push import push_bundle
from lexexpand.bundle.save import save_bundle
from lexexpand.errors import BundleError, ConfigError
from tests.bundle.conftest import DATA, UPOS, tiny_network
from tests.model.conftest import KINDS, tiny_base

if TYPE_CHECKING:
    from pathlib import Path

    from lexexpand.model.base import Base

WORDS = ["the", "old", "man", "reads"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_merged_language_opens_with_transformers_alone(kind: str, tmp_path: Path) -> None:
    base = tiny_base(kind)
    network = tiny_network(base, rows=(5, 7))
    place = save_bundle(tmp_path / "b", network, language="fao_Latn")
    out = merge_bundle(place, tmp_path / "m", base=base)
    model, tokenizer = AutoModel.from_pretrained(out).eval(), AutoTokenizer.from_pretrained(out)
    inputs = tokenizer("the old man", return_tensors="pt")
    network.activate(None, None)
    with torch.inference_mode():
        ours = network.last(inputs["input_ids"], inputs["attention_mask"].bool())
        theirs = model(**{k: inputs[k] for k in ("input_ids", "attention_mask")}).last_hidden_state
    assert torch.allclose(ours, theirs, atol=1e-4)


@pytest.mark.parametrize("kind", KINDS)
def test_a_merged_task_says_what_the_bundle_says(kind: str, tmp_path: Path) -> None:
    base = tiny_base(kind)
    network = tiny_network(base)
    place = save_bundle(tmp_path / "b", network, language="fao_Latn")
    out = merge_bundle(place, tmp_path / "m", "pos", base=base)
    said = load_bundle(place, base=base, device="cpu")([WORDS], task="pos")[0]
    pieces = network.words("pos")(WORDS)
    ids = torch.tensor([pieces.ids])
    with torch.inference_mode():
        if (out / "heads.json").is_file():  # no class of transformers has such a head on this base
            heads, names = load_file(out / "heads.safetensors"), json.loads((out / "heads.json").read_text())
            states = AutoModel.from_pretrained(out).eval()(input_ids=ids).last_hidden_state
            scores = states @ heads["linear.upos.weight"].T + heads["linear.upos.bias"]
            labels = names["heads"][0]["labels"]
        else:
            model = AutoModelForTokenClassification.from_pretrained(out).eval()
            scores, labels = model(input_ids=ids).logits, [model.config.id2label[i] for i in range(len(UPOS))]
    assert [labels[int(scores[0, at].argmax())] for at in pieces.first] == list(said.tags)


def test_a_merged_tagger_of_bert_runs_in_a_pipeline(made: Path, bert: Base, tmp_path: Path) -> None:
    out = merge_bundle(made, tmp_path / "m", "pos", base=bert)
    assert not (out / "heads.json").exists()
    said = pipeline("token-classification", str(out), device="cpu")("the old man")
    assert {row["entity"] for row in said} <= set(UPOS)


def test_heads_that_no_class_has_lie_beside_the_encoder(made: Path, bert: Base, tmp_path: Path) -> None:
    out = merge_bundle(made, tmp_path / "m", "intent-slots", base=bert)
    told = json.loads((out / "heads.json").read_text())
    assert [(head["name"], head["reads"]) for head in told["heads"]] == [
        ("intent", "sentence"),
        ("slots", "token"),
    ]
    assert (out / "heads.safetensors").is_file()
    with pytest.raises(ConfigError, match="exists already"):
        merge_bundle(made, out, "pos", base=bert)
    with pytest.raises(ConfigError, match="no task 'ner'"):
        merge_bundle(made, tmp_path / "n", "ner", base=bert)


class Hub:
    """What `push_bundle` needs of a hub."""

    def __init__(self) -> None:
        self.uploaded: dict[str, Any] = {}

    def create_repo(self, repo: str, **_: Any) -> None:
        if " " in repo:
            raise HFValidationError("bad name")

    def upload_folder(self, **how: Any) -> str:
        self.uploaded = how
        return f"hub/{how['repo_id']}"


def test_a_bundle_is_pushed_with_its_own_files_alone(folder: Path) -> None:
    (folder / ".cache").mkdir()
    hub = Hub()
    assert push_bundle(folder, "me/fao", api=hub) == "hub/me/fao"
    assert "SHA256SUMS" in hub.uploaded["allow_patterns"]
    assert not any(name.startswith(".") for name in hub.uploaded["allow_patterns"])
    with pytest.raises(ConfigError, match="not a repository's name"):
        push_bundle(folder, "my bundle", api=hub)


@pytest.mark.parametrize(
    ("data", "named"),
    [
        (
            {**DATA, "packs": [{"id": "found", "licence": "NOASSERTION"}], "licences": ["NOASSERTION"]},
            "found",
        ),
        ({**DATA, "packs": [], "licences": ["NOASSERTION"]}, "its data"),
        ({}, "its data"),
    ],
)
def test_what_nobody_has_licensed_is_kept_back(data: Any, named: str, bert: Base, tmp_path: Path) -> None:
    place = save_bundle(tmp_path / "b", tiny_network(bert), language="fao_Latn", data=data)
    hub = Hub()
    with pytest.raises(ConfigError, match=rf"nobody has stated a licence for {named}.*--yes"):
        push_bundle(place, "me/fao", api=hub)
    assert not hub.uploaded
    push_bundle(place, "me/fao", api=hub, yes=True)
    assert hub.uploaded


def test_a_damaged_bundle_is_not_pushed(folder: Path) -> None:
    (folder / "README.md").write_text("edited")
    hub = Hub()
    with pytest.raises(BundleError, match=r"README\.md.*not uploaded"):
        push_bundle(folder, "me/fao", api=hub)
    assert not hub.uploaded
