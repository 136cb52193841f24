"""The options of the plug-in for pytest."""

from __future__ import annotations

import argparse

import pytest

PATHS, TIMEOUT, MAX_STATES = "rolecycle_paths", "rolecycle_timeout", "rolecycle_max_states"
"""Names of options; the first also of the setting in the configuration file."""

HELP = "a folder of a specification, or a .csdef, whose properties are collected as test items"


def add_options(parser: pytest.Parser) -> None:
    """Add the options and the setting."""
    group = parser.getgroup("rolecycle", "properties of specifications and services as test items")
    group.addoption(
        "--rolecycle",
        action="append",
        default=[],
        dest=PATHS,
        metavar="PATH",
        help=f"{HELP}; may be given several times",
    )
    group.addoption(
        "--rolecycle-timeout",
        type=_seconds,
        dest=TIMEOUT,
        metavar="SECONDS",
        help="seconds that a run may take; what they leave open fails as unknown",
    )
    group.addoption(
        "--rolecycle-max-states",
        type=_states,
        dest=MAX_STATES,
        metavar="N",
        help="states that a search may find; what they leave open fails as unknown",
    )
    parser.addini(PATHS, type="paths", default=[], help=f"{HELP}, as with --rolecycle")


def _seconds(word: str) -> float:
    return _not_below(float(word), 0)


def _states(word: str) -> int:
    return int(_not_below(int(word), 1))


def _not_below(number: float, least: int) -> float:
    if not number >= least:  # which also refuses nan
        raise argparse.ArgumentTypeError(f"{number} is less than {least}")
    return number
