"""`python -m tests.simulator [--check]`: write all fixtures, or say which of them are stale."""

import sys

from tests.simulator.catalogue import FIXTURES, stale, write


def main(arguments: list[str]) -> int:
    """Write or check; 0 when all is as it should be."""
    if arguments not in ([], ["--check"]):
        print(__doc__, file=sys.stderr)
        return 2
    if not arguments:
        for name in FIXTURES:
            file = write(name)
            print(f"{file.name}  {file.stat().st_size / 1024:.0f} KiB")
        return 0
    found = {name: files for name in FIXTURES if (files := stale(name))}
    for name, files in found.items():
        print(f"{name}: {', '.join(files)}")
    if found:
        print("Write them anew with `python -m tests.simulator`.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
