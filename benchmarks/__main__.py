"""`make bench`, or `python -m benchmarks [names] [--sentences N] [--out FILE.json] [--write]`."""

from __future__ import annotations

import argparse
import os
import tempfile
from importlib import import_module
from pathlib import Path

from benchmarks.measurement import Measurement, machine, store, text_table, write_readme
from benchmarks.setting import STARTER, Setting, at_hand, find_mirror, real_text

NAMES = ("startup", "paradigms", "synthesis", "memory", "languages", "bundles", "training")


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory(prefix="lexexpand-bench-", dir=options.scratch) as name:
        setting = _setting(options, Path(name))
        # Whatever is measured is measured with a cache that starts empty.
        os.environ["LEXEXPAND_CACHE"] = str(setting.folder / "cache")
        print(
            f"{machine()}\n{setting.text_name}, {setting.language}, lexicon {setting.lexicon}\n", flush=True
        )
        for benchmark in options.names or NAMES:
            measured: list[Measurement] = list(import_module(f"benchmarks.{benchmark}").run(setting))
            print(f"{text_table(measured)}\n", flush=True)
            if options.out:
                with options.out.open("a", encoding="utf-8") as file:
                    file.writelines(f"{one.line()}\n" for one in measured)
            if options.write:
                store(measured)
                write_readme()


def _setting(options: argparse.Namespace, folder: Path) -> Setting:
    """The setting that was asked for; the starter's packs where nothing better is at hand."""
    from lexexpand.language import parse_language
    from lexexpand.resources.packs import known_languages

    language = parse_language(options.lang, known_languages("lexicon"))
    mirror, packs = find_mirror(), {}
    for kind, wanted in (("lexicon", options.lexicon), ("paradigms", options.paradigms)):
        found = at_hand(wanted, kind, language, mirror, offline=options.offline)
        packs[kind] = wanted if found else STARTER
        if not found:
            print(f"{wanted}: not at hand for {language}; taking {STARTER}")
    return Setting(
        folder=folder,
        language=language,
        sentences=options.sentences,
        **packs,
        languages=options.languages,
        repeats=options.repeats,
        seconds=options.seconds,
        data=real_text(),
        mirror=mirror,
        offline=options.offline,
        base_file=options.base_file,
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure lexexpand.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(NAMES)} (default: all)")
    parser.add_argument(
        "--sentences", type=int, default=1_000_000, metavar="N", help="(default: %(default)s)"
    )
    parser.add_argument("--lang", default="fao", metavar="TAG", help="(default: %(default)s)")
    parser.add_argument("--lexicon", default="gatitos", metavar="PACK", help="(default: %(default)s)")
    parser.add_argument("--paradigms", default="unimorph", metavar="PACK", help="(default: %(default)s)")
    parser.add_argument(
        "--languages", type=int, default=100, metavar="N", help="how many (default: %(default)s)"
    )
    parser.add_argument(
        "--repeats", type=int, default=10, metavar="N", help="of starts (default: %(default)s)"
    )
    parser.add_argument("--seconds", type=float, default=5.0, help="of look-ups (default: %(default)s)")
    parser.add_argument("--offline", action="store_true", help="never use the network")
    parser.add_argument("--base-file", type=Path, metavar="FILE", help="the embedded base: weights or wheel")
    parser.add_argument("--scratch", type=Path, metavar="DIR", help="where to write (default: the system's)")
    parser.add_argument("--out", type=Path, metavar="FILE", help="add a line of JSON a measurement to FILE")
    parser.add_argument("--write", action="store_true", help="into results.jsonl, and README's table from it")
    options = parser.parse_args()
    for name in options.names:
        if name not in NAMES:
            parser.error(f"no benchmark {name}: there are {', '.join(NAMES)}")
    for name in ("sentences", "languages", "repeats"):
        if getattr(options, name) < 1:
            parser.error(f"--{name}: 1 or more")
    return options


if __name__ == "__main__":
    main()
