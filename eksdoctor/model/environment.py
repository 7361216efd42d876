"""Environment variables of aws-node, parsed as the daemon parses them.

An unset variable has the default of the code, not the manifest's: the API shows what is set.
Sources: amazon-vpc-cni-k8s pkg/ipamd/ipamd.go and utils/utils.go at v1.23.1.
"""

import re
from collections.abc import Mapping

from eksdoctor.model.fact import NotKnown

TRUE = {"1", "t", "T", "true", "TRUE", "True"}
FALSE = {"0", "f", "F", "false", "FALSE", "False"}
INTEGER = re.compile(r"[+-]?[0-9]+\Z")


class Environment:
    """The variables of one container; a value of None is one that comes from elsewhere."""

    def __init__(self, values: Mapping[str, str | None]) -> None:
        self.values = values

    def text(self, name: str) -> str | None:
        """The value as written, None when unset; raises NotKnown when it comes from elsewhere."""
        if name not in self.values:
            return None
        value = self.values[name]
        if value is None:
            raise NotKnown.because(f"{name} comes from another object (valueFrom)")
        return value

    def flag(self, name: str, *, default: bool) -> bool:
        """A boolean as Go's strconv.ParseBool reads it; anything else is the default."""
        value = self.text(name)
        if value in TRUE:
            return True
        return False if value in FALSE else default

    def number(self, name: str, default: int) -> int:
        """A whole number from 0 as Go's strconv.Atoi reads it; junk and negative numbers are the default."""
        value = self.text(name)
        if value is None or not INTEGER.match(value) or len(value) > 18:  # noqa: PLR2004 (int64)
            return default
        return int(value) if int(value) >= 0 else default
