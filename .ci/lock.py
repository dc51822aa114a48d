"""Write constraints.txt: one exact version a package, for every supported Python that is found.

    python .ci/lock.py python3.10 python3.11 ...

Each interpreter resolves the project with its extras `adapt` and `dev` (pip's dry run: nothing is installed);
where two interpreters need different versions, the lines carry markers. The standard library only, so that
`make lock` runs before anything is installed.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# The version of torch is the one that the bundles' loaders are tested against; pip would take the newest.
PINNED = ["torch==2.13.0"]
HEADER = "# Written by `make lock`: exact versions for Python {pythons}; the Makefile installs with -c.\n"


def resolve(python: str, folder: Path) -> tuple[tuple[int, int], dict[str, str]]:
    """The Python's version, and name -> version of all that the project needs there."""
    shown = subprocess.check_output(
        [python, "-c", "import sys; print(*sys.version_info[:2])"], text=True
    ).split()
    version = (int(shown[0]), int(shown[1]))
    venv = folder / "venv-{}.{}".format(*version)
    subprocess.run([python, "-m", "venv", str(venv)], check=True)
    pip = [str(venv / "bin" / "python"), "-m", "pip"]
    subprocess.run([*pip, "install", "--quiet", "--upgrade", "pip"], check=True)
    report = folder / "report.json"
    command = [
        *pip,
        "install",
        "--dry-run",
        "--quiet",
        "--report",
        str(report),
        f"{ROOT}[adapt,dev]",
        *PINNED,
    ]
    subprocess.run(command, check=True)
    found = {}
    for item in json.loads(report.read_text())["install"]:
        name = re.sub(r"[-_.]+", "-", item["metadata"]["name"]).lower()
        found[name] = item["metadata"]["version"].partition("+")[0]  # +cpu: a local build of the same release
    found.pop("lexexpand")
    return version, found


def lines(resolved: dict[tuple[int, int], dict[str, str]]) -> list[str]:
    """Sorted constraint lines; markers only where the versions differ between Pythons."""
    made = []
    for name in sorted({name for found in resolved.values() for name in found}):
        runs: list[list[object]] = []  # [version, first Python]
        for python in sorted(resolved):
            version = resolved[python].get(name)
            if version is not None and (not runs or runs[-1][0] != version):
                runs.append([version, python])
        for i, (version, first) in enumerate(runs):
            marks = []
            if i:
                marks.append('python_version >= "{}.{}"'.format(*first))  # type: ignore[misc]
            if i + 1 < len(runs):
                marks.append('python_version < "{}.{}"'.format(*runs[i + 1][1]))  # type: ignore[misc]
            made.append(f"{name}=={version}" + (f" ; {' and '.join(marks)}" if marks else ""))
    return made


def main(pythons: list[str]) -> None:
    """Resolve for each interpreter and write the lock."""
    with tempfile.TemporaryDirectory() as name:
        resolved = dict(resolve(python, Path(name)) for python in pythons)
    shown = ", ".join("{}.{}".format(*version) for version in sorted(resolved))
    text = HEADER.format(pythons=shown) + "\n".join(lines(resolved)) + "\n"
    (ROOT / "constraints.txt").write_text(text, encoding="utf-8")
    print(f"constraints.txt: {text.count('==')} lines for Python {shown}")


if __name__ == "__main__":
    if not sys.argv[1:]:
        sys.exit("usage: lock.py PYTHON...")
    main(sys.argv[1:])
