"""What ``verify`` found, for other tools: JSON, JUnit XML and SARIF."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from rolecycle import __version__
from rolecycle.checking.verdict import AllSizes, Assumption, CheckResult, Verdict
from rolecycle.diagnostics import Diagnostic
from rolecycle.inputs.service import OPEN_COUNTS, Role, Service
from rolecycle.language.property import PropertyKind
from rolecycle.report.json_head import json_head
from rolecycle.report.reasons import reason_text
from rolecycle.semantics.trace import Trace
from rolecycle.verification.result import VerificationResult

KINDS = {"time bound": "within"}
"""Kinds of property that have a new name since their word in JSON was fixed: readers of the output know the old one."""

NOT_IN_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML document can have, however they are written (XML 1.0, 2.2)."""


def to_json(outcome: VerificationResult) -> str:
    """One JSON object; keys may be added in later versions, never renamed."""
    return json.dumps(result_data(outcome), indent=1)


def result_data(outcome: VerificationResult) -> dict[str, Any]:
    """A result as plain data."""
    code = outcome.exit_code
    return {
        **json_head(code),
        "service": service_data(outcome.service) if outcome.service else None,
        "findings": [finding(found) for found in outcome.findings],
        "runs": [_run(outcome, run) for run in outcome.runs],
    }


def errors_to_json(diagnostics: tuple[Diagnostic, ...], code: int = 2) -> str:
    """The same object when the input cannot be used."""
    document = {
        **json_head(code),
        "service": None,
        "findings": [finding(found) for found in diagnostics],
        "runs": [],
    }
    return json.dumps(document, indent=1)


def finding(found: Diagnostic) -> dict[str, Any]:
    """A diagnostic as plain data."""
    return {
        "code": found.code,
        "severity": found.severity,
        "message": found.message,
        "file": found.place.file,
        "line": found.place.line,
        "column": found.place.column,
        "hint": found.hint,
    }


def service_data(service: Service) -> dict[str, Any]:
    """A service as plain data."""
    return {
        "name": service.name,
        "definition": service.definition,
        "configuration": service.configuration,
        "roles": [_role(role) for role in service.roles],
    }


def _role(role: Role) -> dict[str, Any]:
    return {
        "name": role.name,
        "kind": role.kind,
        "instances": role.instances or OPEN_COUNTS[0],
        "instances_judged": [role.instances] if role.instances else list(OPEN_COUNTS),
        "tasks": [{"command": task.command, "type": task.type} for task in role.tasks],
        "endpoints": [endpoint.name for endpoint in role.endpoints],
        "imports": list(role.imports),
        "open_imports": list(role.open_imports),
        "assumed": [*([] if role.instances else ["instances"]), *role.defaulted],
    }


def _run(outcome: VerificationResult, run: CheckResult) -> dict[str, Any]:
    return {
        "system": run.system,
        "scenario": run.scenario,
        "states": run.states,
        "transitions": run.transitions,
        "depth": run.depth,
        "exhaustive": run.exhaustive,
        "limit": reason_text(run.limit),
        "seconds": round(run.seconds, 4),
        "memory_bytes": run.memory,
        "symmetry": [a.what for a in run.applied if a.reduction == "symmetry"],
        "reductions": [
            {"reduction": a.reduction, "what": a.what, "condition": a.condition} for a in run.applied
        ],
        "reduced": dict(run.reduced or {}),
        "time": run.time,
        "properties": [_verdict(outcome, verdict) for verdict in run.verdicts],
    }


def _verdict(outcome: VerificationResult, verdict: Verdict) -> dict[str, Any]:
    return {
        "id": verdict.property.id,
        "title": verdict.property.title,
        "kind": kind_data(verdict.property.kind),
        "verdict": verdict.outcome,
        "expected": outcome.expected(verdict),
        "as_expected": outcome.as_expected(verdict),
        "hazard": verdict.hazard,
        "supposed": verdict.supposed,
        "vacuous": verdict.vacuous,
        "note": reason_text(verdict.note),
        "all_sizes": _all_sizes(verdict.all_sizes) if verdict.all_sizes else None,
        "start": dict(verdict.trace.start) if verdict.trace else {},
        "trace": trace_data(verdict.trace),
        "loop": verdict.trace.loop if verdict.trace else None,
        "broken": [{"part": each.part, "copies": list(each.copies)} for each in verdict.broken],
        "assumed": [_assumption(each) for each in verdict.assumed],
        "needed": [_assumption(each) for each in verdict.needed],
    }


def kind_data(kind: PropertyKind) -> str:
    """The word for a kind of property."""
    return KINDS.get(kind) or kind.replace(" ", "_")


def _all_sizes(found: AllSizes) -> dict[str, Any]:
    if found.proved:
        return {"proved": True, "views": found.views, "family": found.family}
    return {"proved": False, "reason": reason_text(found.reason)}


def _assumption(assumption: Assumption) -> dict[str, Any]:
    without = assumption.without
    lasso = {"without": trace_data(without), "loop": without.loop} if without else {}
    return {"event": assumption.event, "fairness": assumption.strength, **lasso}


def trace_data(trace: Trace | None) -> list[dict[str, Any]]:
    """The steps of a run as plain data; none without a run."""
    steps = trace.steps if trace else ()
    return [
        {
            "event": s.event,
            "changes": dict(s.changes),
            "participants": list(s.participants),
            "seen": dict(s.seen),
        }
        for s in steps
    ]


# --- JUnit ------------------------------------------------------------------------------------------


def to_junit(outcome: VerificationResult) -> str:
    """JUnit XML: a suite for each run, a case for each property."""
    root = ElementTree.Element("testsuites", name="rolecycle")
    for run in outcome.runs:
        cases = [_case(outcome, run, verdict) for verdict in run.verdicts]
        _suite(root, f"{run.system} / {run.scenario}", cases).set("time", f"{run.seconds:.3f}")
    return _xml(root)


def errors_to_junit(diagnostics: tuple[Diagnostic, ...], code: int = 2) -> str:
    """The same document for unusable input: a suite with a case in error for each mistake, without warnings."""
    root = ElementTree.Element("testsuites", name="rolecycle")
    _suite(root, f"exit code {code}", [_error(found) for found in diagnostics if found.severity == "error"])
    return _xml(root)


def _suite(root: Element, name: str, cases: Sequence[Element]) -> Element:
    """Add a suite with these cases, and count them."""
    suite = ElementTree.SubElement(root, "testsuite", name=name, tests=str(len(cases)))
    for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(attribute, str(sum(case.find(tag) is not None for case in cases)))
    suite.extend(cases)
    return suite


def _case(outcome: VerificationResult, run: CheckResult, verdict: Verdict) -> Element:
    """The case of a property: skipped when it is unknown, a failure when it is not as expected."""
    wanted, note = verdict.property, reason_text(verdict.note)
    case = Element("testcase", classname=f"{run.system}.{run.scenario}", name=f"{wanted.id} {wanted.title}")
    if verdict.outcome == "unknown":
        ElementTree.SubElement(case, "skipped", message=f"unknown: {note}")
    elif not outcome.as_expected(verdict):
        message = f"{verdict.outcome}, expected {outcome.expected(verdict)}"
        steps = verdict.trace.steps if verdict.trace else ()
        ElementTree.SubElement(case, "failure", message=message).text = "\n".join(
            [note, *(step.event for step in steps)]
        )
    return case


def _error(found: Diagnostic) -> Element:
    """The case of a mistake in the input."""
    case = Element(
        "testcase", classname=found.place.file or "rolecycle", name=f"{found.code} {found.message}"
    )
    error = ElementTree.SubElement(case, "error", type=found.code, message=found.message)
    error.text = "\n".join(
        line for line in (str(found.place) if found.place.file else "", found.hint) if line
    )
    return case


def _xml(root: Element) -> str:
    """A document as text; what XML cannot have, such as the escape of a terminal, is written as Python writes it."""
    for element in root.iter():
        element.attrib.update({name: _in_xml(value) for name, value in element.attrib.items()})
        element.text = element.text and _in_xml(element.text)
    ElementTree.indent(root)
    content: bytes = ElementTree.tostring(root, encoding="us-ascii", xml_declaration=True)
    return content.decode("ascii")


def _in_xml(text: str) -> str:
    return NOT_IN_XML.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


# --- SARIF ------------------------------------------------------------------------------------------


def to_sarif(outcome: VerificationResult) -> str:
    """SARIF 2.1.0: the findings with their places, and the properties that are not as expected."""
    return _sarif([*map(_finding_result, outcome.findings), *_verdict_results(outcome)], outcome.exit_code)


def errors_to_sarif(diagnostics: tuple[Diagnostic, ...], code: int = 2) -> str:
    """The same document when the input cannot be used: each mistake at its place, and a run that did not succeed."""
    return _sarif([_finding_result(found) for found in diagnostics], code)


def _sarif(results: Sequence[Mapping[str, Any]], code: int) -> str:
    """A log with one run, which was successful if it came to all its verdicts."""
    rules = sorted({result["ruleId"] for result in results})
    driver = {"name": "rolecycle", "version": __version__, "rules": [{"id": rule} for rule in rules]}
    invocation = {"executionSuccessful": code in (0, 1), "exitCode": code}
    document = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "invocations": [invocation], "results": results}],
    }
    return json.dumps(document, indent=1)


def _finding_result(found: Diagnostic) -> dict[str, Any]:
    return {
        "ruleId": found.code,
        "level": found.severity,
        "message": {"text": found.message + (f" ({found.hint})" if found.hint else "")},
        "locations": _locations(found.place.file, found.place.line, found.place.column),
    }


def _verdict_results(outcome: VerificationResult) -> Iterator[dict[str, Any]]:
    for run in outcome.runs:
        for verdict in run.verdicts:
            if outcome.as_expected(verdict):
                continue
            place = verdict.property.place
            file = outcome.service.definition if outcome.service else place.file
            line = 1 if outcome.service else place.line
            where, note = f"{run.system}, {run.scenario}", reason_text(verdict.note)
            text = f"{verdict.property.title} {verdict.outcome} in {where}. {note}"
            level = "warning" if verdict.outcome == "unknown" else "error"
            yield {
                "ruleId": verdict.property.id,
                "level": level,
                "message": {"text": text.strip()},
                "locations": _locations(file, line, 0),
            }


def _locations(file: str, line: int, column: int) -> list[dict[str, Any]]:
    """The place as SARIF has it, the file as a URI reference; none when there is no file."""
    if not file:
        return []
    region = {"startLine": max(line, 1), **({"startColumn": column} if column else {})}
    return [{"physicalLocation": {"artifactLocation": {"uri": quote(file)}, "region": region}}]
