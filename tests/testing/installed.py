"""How a call of pytest finds the plug-in."""

from importlib.metadata import entry_points

INSTALLED = any(each.value.startswith("rolecycle.") for each in entry_points(group="pytest11"))
"""Whether by its entry point, which a checkout that is only on the path does not have."""

PLUGIN = [] if INSTALLED else ["-p", "rolecycle.testing.pytest_plugin"]
"""The words that are needed otherwise."""
