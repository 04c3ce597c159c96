"""``python -m translation``: take new words into the catalogues and compile them, or check them."""

from __future__ import annotations

import sys

from translation.catalogues import TRANSLATED, compiled, faults, path_of, read, updated, written
from translation.words import source_words

USAGE = """python -m translation update   take new words into the catalogues, drop old ones, compile; list the missing
python -m translation check    only list what is missing"""


def main(arguments: list[str]) -> int:
    """Update or check every catalogue; returns 1 if anything is missing."""
    if arguments not in (["update"], ["check"]):
        print(USAGE, file=sys.stderr)
        return 2
    found = 0
    for language in TRANSLATED:
        words = source_words()
        catalogue = read(language)
        if arguments == ["update"]:
            catalogue = updated(catalogue, words)
            path = path_of(language)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(written(catalogue))
            path.with_suffix(".mo").write_bytes(compiled(catalogue))
        for fault in faults(catalogue, words):
            print(f"{language}: {fault}")
            found += 1
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
