"""Run `lexexpand` in this process, then leave its peak of memory in a file.

    python -m benchmarks.peak FILE synth --lang fao ...

The kernel's own high-water mark of this process alone: what `getrusage` says of a child counts the memory of
the process that started it as well.
"""

from __future__ import annotations

import resource
import sys
from pathlib import Path

from lexexpand.cli import run


def peak_bytes() -> int:
    """The most memory that this process has had resident so far."""
    try:
        for line in Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


if __name__ == "__main__":
    code = run(sys.argv[2:])
    Path(sys.argv[1]).write_text(f"{peak_bytes()}\n", encoding="ascii")
    sys.exit(code)
