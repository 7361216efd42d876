"""`python -m tests.bench [NAME …]`: run every measurement, or the named ones, and print what came out."""

import importlib
import pkgutil
import sys

from tests import bench


def main() -> None:
    """Every module of this package with a `measure() -> dict[str, object]`."""
    names = [
        module.name for module in pkgutil.iter_modules(bench.__path__) if not module.name.startswith("_")
    ]
    for name in sys.argv[1:] or names:
        print(name)
        for key, value in importlib.import_module(f"tests.bench.{name}").measure().items():
            print(f"  {key}: {value}")


if __name__ == "__main__":
    main()
