"""The plug-in for pytest.  It does nothing, and imports nothing else, unless a path is given.

``pytest --rolecycle PATH`` collects each property in each run of a specification or a service as a test item.
"""

from __future__ import annotations

import pytest

from rolecycle.testing.options import PATHS, add_options


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options and the setting."""
    add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Collect properties, if a path is given."""
    if config.getoption(PATHS) or config.getini(PATHS):
        from rolecycle.testing.collection import PropertyCollection

        config.pluginmanager.register(PropertyCollection(config), "rolecycle-properties")
