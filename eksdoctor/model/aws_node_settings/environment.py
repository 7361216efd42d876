"""Environment variables of aws-node, parsed as the daemon parses them.

An unset variable has the default of the code, not the manifest's: the API shows what is set.
Sources: amazon-vpc-cni-k8s pkg/ipamd/ipamd.go and utils/utils.go at v1.23.1.
"""

import re
from collections.abc import Mapping

from eksdoctor.model.facts.fact import NotKnown
from eksdoctor.snapshot.records.kubernetes import EnvironmentVariable, TemplateContainer

TRUE = {"1", "t", "T", "true", "TRUE", "True"}
FALSE = {"0", "f", "F", "false", "FALSE", "False"}
INTEGER = re.compile(r"[+-]?[0-9]+\Z")
LONGEST = 18  # digits that surely fit 64 bits


class Environment:
    """The variables of one container; a value of None is one that comes from elsewhere.

    `imports` says that the container takes variables from whole ConfigMaps or Secrets too (envFrom).
    """

    def __init__(self, values: Mapping[str, str | None], *, imports: bool = False) -> None:
        self.values = values
        self.imports = imports

    @classmethod
    def of(cls, container: TemplateContainer) -> "Environment":
        """The variables of a container; of two with one name the later counts."""
        written = {variable.name: _written(variable) for variable in container.env}
        return cls(written, imports=bool(container.env_from))

    def text(self, name: str) -> str | None:
        """The value as written, None when unset; raises NotKnown when it comes from elsewhere."""
        if name not in self.values:
            if self.imports:
                raise NotKnown.because(f"{name} may come from another object (envFrom)")
            return None
        value = self.values[name]
        if value is None:
            raise NotKnown.because(f"{name} comes from another object (valueFrom)")
        if "$(" in value:  # the kubelet puts another variable's value there
            raise NotKnown.because(f"{name} uses another variable's value")
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
        if value is None or not is_number(value):
            return default
        return int(value) if int(value) >= 0 else default


def is_number(value: str) -> bool:
    """Whether Go's strconv.Atoi reads it."""
    return INTEGER.match(value) is not None and len(value) <= LONGEST


def _written(variable: EnvironmentVariable) -> str | None:
    if variable.value_from is not None:
        return None
    return variable.value if variable.value is not None else ""
