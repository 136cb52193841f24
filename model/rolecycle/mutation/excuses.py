"""The survivors that a specification allows, each with a reason, in the file ``excused.yaml``."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from rolecycle.diagnostics import Diagnostic, InputError, did_you_mean
from rolecycle.language.load import schema
from rolecycle.language.load.yaml_source import read

FILE = "excused.yaml"


def excuses(root: Path, known: Collection[str]) -> Mapping[str, str]:
    """The reasons by the id of a mutant; none where the folder has no such file.

    Raises ``InputError`` RC101 to RC114 for what is wrong in the file, and RC180 for an id that no mutant has.
    """
    path = root / FILE
    if not path.exists():
        return {}
    document = read(path)
    if problems := schema.mistakes(document, "excused"):
        raise InputError(problems)
    assert isinstance(document.data, dict)  # as the schema says, here and below
    excused = document.data["excused"]
    assert isinstance(excused, dict)
    reasons = {name: str(reason) for name, reason in excused.items()}
    unknown = [
        Diagnostic(
            "RC180",
            f"there is no mutant '{name}'",
            document.key("excused", name),
            hint=did_you_mean(name, known),
        )
        for name in reasons
        if name not in known
    ]
    if unknown:
        raise InputError(unknown)
    return reasons
