"""Arrays that come and go: keep their memory, do not give it back between one and the next.

A block passes through a hundred arrays of some megabytes. The C library of Linux maps each such array afresh
and unmaps it when it is freed, so that the kernel clears the same pages over and over: a fifth of the whole
time, measured. Told to keep what it has, the process reuses warm memory; its peak stays as it is.
"""

from __future__ import annotations

import ctypes
import sys
from functools import lru_cache

# mallopt's numbers (malloc.h of the GNU C library) and the sizes to set.
_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD = -1, -2, -3
_NEVER = 1 << 30
_PAD = 1 << 26


@lru_cache(maxsize=1)
def keep_memory() -> bool:
    """Ask the allocator to keep freed memory; whether it could be asked (GNU C library alone)."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return False
    settings = ((_MMAP_THRESHOLD, _NEVER), (_TRIM_THRESHOLD, _NEVER), (_TOP_PAD, _PAD))
    return all(mallopt(option, value) == 1 for option, value in settings)
