"""The shipped specification, read once for all tests of a process."""

from functools import cache

from rolecycle.language.files import spec_root
from rolecycle.language.load import load
from rolecycle.language.specification import Specification


@cache
def spec() -> Specification:
    """The specification in ``spec/``."""
    return load(spec_root())
