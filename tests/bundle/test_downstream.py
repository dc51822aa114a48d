"""The blocks of docs/downstream.md run, on a bundle of a tiny base that lies where they say."""

from __future__ import annotations

import json
import re
import shutil
import sys
import threading
from functools import partial
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import lexexpand
from lexexpand.bundle.load import load_bundle
from tests.bundle.conftest import UPOS

if TYPE_CHECKING:
    from pathlib import Path

    from lexexpand.bundle.bundle import Bundle
    from lexexpand.model.base import Base


@pytest.fixture(scope="module")
def blocks(repository: Path) -> dict[str, list[str]]:
    """Blocks of Python by the title that they stand under."""
    page = (repository / "docs" / "downstream.md").read_text(encoding="utf-8")
    found: dict[str, list[str]] = {}
    for part in re.split(r"^## ", page, flags=re.MULTILINE)[1:]:
        title = part.partition("\n")[0]
        found[title] = re.findall(r"^```python\n(.*?)^```", part, flags=re.MULTILINE | re.DOTALL)
    return found


@pytest.fixture
def here(made: Path, bert: Base, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with bundles/fao_Latn, whose base `load_bundle` knows."""
    shutil.copytree(made, tmp_path / "bundles" / "fao_Latn")
    (tmp_path / "texts.txt").write_text("the old man\nboats\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        lexexpand, "load_bundle", partial(load_bundle, base=bert, device="cpu"), raising=False
    )
    return tmp_path


def run(code: str, name: str = "block") -> dict[str, Any]:
    space: dict[str, Any] = {"__name__": name}
    exec(compile(code, name, "exec"), space)
    return space


def test_python(blocks: dict[str, list[str]], here: Path) -> None:
    space = run(blocks["In Python"][0])
    assert space["vectors"].shape == (2, 32)
    assert len(space["told"].tags) == 6


def test_peft_alone(
    blocks: dict[str, list[str]], here: Path, bert: Base, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["script", str(bert.folder), "bundles/fao_Latn/language"])
    vector = run(blocks["With peft alone"][0])["vector"].detach().numpy()
    bundle: Bundle = load_bundle(here / "bundles/fao_Latn", base=bert, device="cpu")
    assert np.allclose(vector, bundle.embed("query: Hon las bókina í gjár."), atol=1e-5)


def test_web_service_of_the_standard_library(blocks: dict[str, list[str]], here: Path) -> None:
    code = blocks["A web service"][0].replace("8000", "0")  # any port that is free
    space = run(code)
    server = space["server"]
    space["Service"].log_message = lambda *_: None
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        for path, asked, status in [
            ("/pos", {"texts": ["the old man", "boats"]}, 200),
            ("/ner", {"texts": ["boats"]}, 400),
            ("/pos", {"text": "boats"}, 400),
        ]:
            connection = HTTPConnection("127.0.0.1", server.server_address[1], timeout=30)
            connection.request("POST", path, json.dumps(asked))
            answer = connection.getresponse()
            told = json.loads(answer.read())
            assert answer.status == status, told
        connection.request("POST", "/pos", b"x" * 200_000)
        assert connection.getresponse().status == 413
    finally:
        server.shutdown()
        server.server_close()


def test_web_service_of_fastapi(blocks: dict[str, list[str]], here: Path) -> None:
    pytest.importorskip("fastapi")
    pytest.importorskip("httpx")
    from fastapi.testclient import TestClient

    client = TestClient(run(blocks["A web service"][1])["app"])
    told = client.post("/pos", json={"texts": ["the old man"]})
    assert told.status_code == 200
    assert [word["text"] for word in told.json()[0]["words"]] == ["the", "old", "man"]
    assert client.post("/ner", json={"texts": ["x"]}).status_code == 400


def test_spacy(blocks: dict[str, list[str]], here: Path) -> None:
    pytest.importorskip("spacy")
    space = run(blocks["A spaCy pipeline"][0])
    doc = space["doc"]
    assert doc.text == "Hon las bókina í gjár."
    assert [token.text for token in doc] == ["Hon", "las", "bókina", "í", "gjár", "."]
    assert {token.pos_ for token in doc} <= set(UPOS)
    assert len(space["nlp"]("")) == 0


def test_notebook(blocks: dict[str, list[str]], here: Path) -> None:
    pytest.importorskip("pandas")
    space = run("\n".join(blocks["A notebook"]))
    assert len(space["near"]) == 3
