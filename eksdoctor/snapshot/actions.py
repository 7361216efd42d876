"""Every declared API action and every kind of record, complete once this module is imported."""

import importlib
import pkgutil
from typing import Any

from eksdoctor.snapshot import records
from eksdoctor.snapshot.declaration import ACTIONS, Kind

__all__ = ["ACTIONS", "KINDS"]

for _module in pkgutil.iter_modules(records.__path__, f"{records.__name__}."):
    importlib.import_module(_module.name)

KINDS: tuple[Kind[Any], ...] = tuple({action.kind.file: action.kind for action in ACTIONS.values()}.values())
