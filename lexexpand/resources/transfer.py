"""One file over the network, from servers that break off, hang, refuse, and answer with web pages.

pooch moves the bytes (by requests, which checks the announced length); this module says how long to wait:

    429, 5xx, a broken or silent connection    tried again after 1, 2, 4 seconds, or as Retry-After asks
    404 and other answers                      not tried again
    more bytes than the card says, a web page  stopped at once

A server that sends one byte a second keeps every read within its time-out, so each try has an end of its own.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lexexpand.errors import DataError, IntegrityError, MissingDataError
from lexexpand.resources.store import looks_like_html

if TYPE_CHECKING:
    from typing import BinaryIO

    from lexexpand.progress import Progress
    from lexexpand.resources.card import FileRow

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for a server, in seconds, and how often to try."""

    tries: int = 4
    pause: float = 1.0  # before the second try; doubled each time
    longest_pause: float = 60.0
    connect: float = 10.0
    read: float = 30.0
    whole: float = 600.0  # one try, all in all


class _PassingError(Exception):
    """A failure that may pass; `pause` is what the server asks for, if it does."""

    def __init__(self, reason: str, pause: float | None = None) -> None:
        super().__init__(reason)
        self.pause = pause


def download(url: str, file: BinaryIO, row: FileRow, patience: Patience, progress: Progress | None) -> None:
    """Write the content of `url` to `file`.

    Raises:
        MissingDataError: The server does not have it, or did not answer well after all tries.
        IntegrityError: It sends something else than `row` says.
    """
    for count in range(1, patience.tries + 1):
        file.seek(0)
        file.truncate()
        sink = _Sink(file, row, progress)
        try:
            _try(url, sink, patience)
            return
        except _PassingError as failure:
            sink.take_back()
            if count == patience.tries:
                raise MissingDataError(f"{url}: {failure} (tried {count} times)") from failure
            pause = min(failure.pause or patience.pause * 2 ** (count - 1), patience.longest_pause)
            log.info("%s: %s; trying again in %.1f seconds", url, failure, pause)
            time.sleep(pause)
        except DataError:
            sink.take_back()
            raise


class _Sink:
    """What pooch writes to: counts, stops what is too long or a web page, and tells the progress bar."""

    def __init__(self, file: BinaryIO, row: FileRow, progress: Progress | None) -> None:
        self.file, self.row, self.progress = file, row, progress
        self.count = 0

    def write(self, block: bytes) -> int:
        if self.count == 0 and looks_like_html(block):
            raise IntegrityError("the server sent a web page instead of the file")
        self.count += len(block)
        if self.count > self.row.size:
            raise IntegrityError(f"the server sends more than the {self.row.size:,} bytes that the card says")
        if self.progress is not None:
            self.progress.update(len(block))
        return self.file.write(block)

    def flush(self) -> None:
        """Pooch flushes after each block of 64 KiB; the file is flushed once, at its end."""

    def take_back(self) -> None:
        """Take a failed try off the progress bar."""
        if self.progress is not None:
            self.progress.update(-self.count)


def _try(url: str, sink: _Sink, patience: Patience) -> None:
    """One try.

    Raises:
        _PassingError: Something that may pass.
        MissingDataError, IntegrityError: Something that will not.
    """
    import pooch
    import requests

    watch = _Watch(patience.whole)
    transfer = pooch.HTTPDownloader(
        chunk_size=1 << 16,
        timeout=(patience.connect, patience.read),
        hooks={"response": watch.see},
        headers={"User-Agent": "lexexpand"},
    )
    try:
        transfer(url, sink, None)
    except requests.HTTPError as error:
        raise _answer(url, error) from error
    except (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema) as error:
        raise MissingDataError(f"{url}: {error}") from error
    except requests.RequestException as error:
        late = f"not done after {patience.whole:g} seconds" if watch.has_rung else None
        raise _PassingError(late or _reason(error)) from error
    except IntegrityError as error:
        raise IntegrityError(f"{url}: {error}") from error
    finally:
        watch.stop()
    if sink.count < sink.row.size:
        reason = f"broke off after {sink.count:,} of {sink.row.size:,} bytes"
        raise _PassingError(f"not done after {patience.whole:g} seconds" if watch.has_rung else reason)


class _Watch:
    """An alarm clock that shuts a connection which takes too long."""

    def __init__(self, seconds: float) -> None:
        self.has_rung = False
        self.response: Any = None
        self.timer = threading.Timer(seconds, self._ring)
        self.timer.daemon = True
        self.timer.start()

    def see(self, response: Any, *args: object, **options: object) -> None:
        """Hook of requests: the head of the answer is here, the body is to come."""
        self.response = response

    def _ring(self) -> None:
        self.has_rung = True
        shut = getattr(getattr(self.response, "raw", None), "shutdown", None)
        if shut is not None:
            try:
                shut()
            except (OSError, ValueError):  # it has ended by itself meanwhile
                log.debug("the connection was closed already")

    def stop(self) -> None:
        self.timer.cancel()


def _answer(url: str, error: Any) -> Exception:
    """What to make of an HTTP status."""
    response = error.response
    told = f"the server answers {response.status_code} {response.reason}"
    if response.status_code == 429 or response.status_code >= 500:
        after = response.headers.get("Retry-After", "")
        return _PassingError(told, float(after) if after.isdecimal() else None)
    return MissingDataError(f"{url}: {told}; a mirror may have the file (--mirror)")


def _reason(error: Exception) -> str:
    """A short reason for a broken connection, without the library's nesting."""
    import requests

    names = {
        requests.exceptions.ConnectTimeout: "no connection within the time-out",
        requests.exceptions.ReadTimeout: "the server is silent",
        requests.exceptions.ChunkedEncodingError: "the connection broke off",
        requests.exceptions.SSLError: "the connection is not secure (TLS)",
    }
    if "timed out" in str(error).lower():  # the body's time-out comes as a plain ConnectionError
        return "the server is silent"
    return next((text for kind, text in names.items() if isinstance(error, kind)), "no connection")
