"""A server on localhost that misbehaves as told, and packs whose files are on it."""

from __future__ import annotations

import contextlib
import hashlib
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from lexexpand.resources.card import COLUMNS, Card, load_card

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

CONTENT = "".join(f"word {n}\torð {n}\n" for n in range(20_000)).encode()
HTML = b"<!DOCTYPE html>\n<html><body>Please log in</body></html>" + b" " * 400

PACK = """schema = 1
id = "tiny"
kind = "lexicon"
title = "A tiny pack"
version = "1"
languages = ["fao_Latn"]
source_language = "eng_Latn"
licence = "CC0-1.0"
reader = "tsv"
"""


@dataclass
class Server:
    """What the server is to do for each path, and what it was asked."""

    url: str = ""
    asked: list[str] = field(default_factory=list)
    answers: dict[str, Callable[[BaseHTTPRequestHandler, int], None]] = field(default_factory=dict)


def whole(handler: BaseHTTPRequestHandler, count: int) -> None:
    _send(handler, CONTENT)


def slow(handler: BaseHTTPRequestHandler, count: int) -> None:
    time.sleep(0.5)
    _send(handler, CONTENT)


def other(handler: BaseHTTPRequestHandler, count: int) -> None:
    _send(handler, CONTENT[:-1] + b"x")


def longer(handler: BaseHTTPRequestHandler, count: int) -> None:
    _send(handler, CONTENT * 2)


def html(handler: BaseHTTPRequestHandler, count: int) -> None:
    _send(handler, HTML)


def broken_off(handler: BaseHTTPRequestHandler, count: int) -> None:
    _send(handler, CONTENT[:70_000], announced=len(CONTENT))


def short_and_content(handler: BaseHTTPRequestHandler, count: int) -> None:
    _send(handler, CONTENT[:70_000])


def broken_off_once(handler: BaseHTTPRequestHandler, count: int) -> None:
    (broken_off if count == 1 else whole)(handler, count)


def silent(handler: BaseHTTPRequestHandler, count: int) -> None:
    time.sleep(3)


def silent_body(handler: BaseHTTPRequestHandler, count: int) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(CONTENT)))
    handler.end_headers()
    handler.wfile.write(CONTENT[:10])
    handler.wfile.flush()
    time.sleep(3)


def dripping(handler: BaseHTTPRequestHandler, count: int) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(CONTENT)))
    handler.end_headers()
    for n in range(60):
        handler.wfile.write(CONTENT[n : n + 1])
        handler.wfile.flush()
        time.sleep(0.1)


def status(*codes: int) -> Callable[[BaseHTTPRequestHandler, int], None]:
    """Answer with these codes in turn, the last for ever; 200 sends the file."""

    def answer(handler: BaseHTTPRequestHandler, count: int) -> None:
        code = codes[min(count, len(codes)) - 1]
        if code == 200:
            whole(handler, count)
            return
        handler.send_response(code)
        if code == 429:
            handler.send_header("Retry-After", "0")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


WAYS = {
    "whole": whole,
    "slow": slow,
    "other": other,
    "longer": longer,
    "html": html,
    "broken_off": broken_off,
    "short": short_and_content,
    "broken_off_once": broken_off_once,
    "silent": silent,
    "silent_body": silent_body,
    "dripping": dripping,
    "404": status(404),
    "403": status(403),
    "429": status(429),
    "500": status(500),
    "503 then right": status(503, 429, 200),
    "o'clock": whole,
}


def _send(handler: BaseHTTPRequestHandler, body: bytes, announced: int | None = None) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(body) if announced is None else announced))
    handler.end_headers()
    handler.wfile.write(body)


@pytest.fixture
def server() -> Iterator[Server]:
    """A server whose path names the way in which it misbehaves (`WAYS`)."""
    from urllib.parse import unquote

    state = Server(answers=dict(WAYS))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = unquote(self.path).rsplit("/", 1)[-1]
            state.asked.append(self.path)
            self.close_connection = True
            answer = state.answers.get(name, WAYS["404"])
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                answer(self, state.asked.count(self.path))

        def log_message(self, *args: object) -> None:
            pass

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    httpd.daemon_threads = True
    state.url = f"http://127.0.0.1:{httpd.server_port}"
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield state
    httpd.shutdown()
    httpd.server_close()


@pytest.fixture
def make_pack(tmp_path: Path) -> Callable[..., Card]:
    """Write a pack; each file is (path, url or "", content, options, blocked)."""

    def make(*files: tuple[str, str, bytes, str, str], folder: str = "pack", toml: str = PACK) -> Card:
        place = tmp_path / folder
        place.mkdir(parents=True, exist_ok=True)
        (place / "pack.toml").write_text(toml, encoding="utf-8")
        rows = ["\t".join(COLUMNS)]
        for path, url, content, options, blocked in files:
            digest = hashlib.sha256(content).hexdigest()
            cells = ("fao_Latn", "data", path, url, str(len(content)), digest, "CC0-1.0", options, blocked)
            rows.append("\t".join(cells))
            if not url:
                (place / path).parent.mkdir(parents=True, exist_ok=True)
                (place / path).write_bytes(content)
        (place / "files.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
        return load_card(place)

    return make
