"""The tutorial changes one rule of the architecture; what it says has gone has gone, and nothing else."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from rolecycle.language.files import spec_root
from rolecycle.language.load import load
from rolecycle.modelling.requests import suite
from rolecycle.verification.pipeline import Session, check

PAGE = Path(__file__).parents[1] / "docs/tutorial.md"
WHERE = {
    ("worker_instance", "healthy"),
    ("worker_instance", "faults"),
    ("worker_instance", "code-misbehaves"),
    ("worker_instance_with_drives", "R03-task-fails-on-second-run"),
    ("web_deployment", "R18-faulty-new-version"),
    ("worker_deployment", "R16-second-upgrade"),
    ("worker_deployment", "rolling-upgrade"),
    ("worker_deployment", "undisturbed"),
    ("web_deployment", "manual-upgrade"),
    ("worker_role", "R27-all-instances-set-busy"),
}
"""Runs in which every consequence is seen; the whole suite shows no other, but takes minutes."""


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped specification without the row of ``load_balancer.remove``, all six lines of it."""
    root = tmp_path_factory.mktemp("changed") / "spec"
    shutil.copytree(spec_root(), root)
    file = root / "machines/load_balancer.yaml"
    lines = file.read_text(encoding="utf-8").splitlines()
    start = lines.index("  - trigger: load_balancer.remove")
    assert all(not line.startswith("  -") for line in lines[start + 1 : start + 6])
    assert lines[start + 6].startswith("  -")
    file.write_text("\n".join(lines[:start] + lines[start + 6 :]) + "\n", encoding="utf-8")
    return root


@pytest.mark.slow
def test_the_properties_that_the_tutorial_names_and_no_others_are_not_as_expected(changed: Path) -> None:
    session = Session()
    jobs = [job for job in suite(load(changed)) if (job.system.name, job.scenario.name) in WHERE]
    verdicts = [v for job in jobs for v in check(job, session).verdicts]
    found = {v.property.id for v in verdicts if v.outcome != v.expected}
    section = PAGE.read_text(encoding="utf-8").partition("## Change a rule")[2].partition("\n## ")[0]
    first_cells = re.findall(r"^\| ([A-Z0-9][^|]*) \|", section, re.MULTILINE)
    named = {name for cell in first_cells for name in cell.split(", ")} - {"M04"}
    assert found == named
