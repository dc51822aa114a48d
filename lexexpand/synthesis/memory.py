"""Arrays that come and go: keep their memory, do not give it back between one and the next.

A block passes through a hundred arrays of some megabytes. The C library of Linux maps each such array afresh
and unmaps it when it is freed, so that the kernel clears the same pages over and over: a fifth of the whole
time, measured. Told to keep what it has, the process reuses warm memory; its peak stays as it is.
"""

from __future__ import annotations

import ctypes
import sys
from functools import lru_cache

import pyarrow as pa

# mallopt's numbers (malloc.h of the GNU C library) and the sizes to set.
_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD = -1, -2, -3
_LARGE, _KEPT = 1 << 25, 1 << 27
_PAD = 1 << 24


@lru_cache(maxsize=1)
def keep_memory() -> bool:
    """Ask the allocator to keep freed memory; whether it could be asked (GNU C library alone)."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        library = ctypes.CDLL(None)
        mallopt, trim = library.mallopt, library.malloc_trim
    except (OSError, AttributeError):
        return False
    # What reading and analysing left behind goes back first, so that it is not kept for good.
    pa.default_memory_pool().release_unused()
    trim(0)
    settings = ((_MMAP_THRESHOLD, _LARGE), (_TRIM_THRESHOLD, _KEPT), (_TOP_PAD, _PAD))
    return all(mallopt(option, value) == 1 for option, value in settings)
