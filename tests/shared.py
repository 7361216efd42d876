"""What many tests of one process read: loaded once, never changed."""

from functools import cache

from eksdoctor.engine.rulebook.load import Rulebook, load
from eksdoctor.resources import rules_folder


@cache
def rulebook() -> Rulebook:
    """The shipped rules."""
    return load(rules_folder())
