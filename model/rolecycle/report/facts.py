"""The traceability between facts and specification, for a person and for other tools."""

from __future__ import annotations

import json
from collections import Counter

from rolecycle.language.traceability import Traceability


def to_json(found: Traceability) -> str:
    """One JSON object."""
    document = {
        "facts": len(found.facts),
        "cited": len(found.cited),
        "out_of_scope": [{"fact": fact.id, "reason": fact.out_of_scope} for fact in found.out_of_scope],
        "uncited": list(found.uncited),
        "elements_without_source": list(found.without_source),
        "citations": {fact: list(where) for fact, where in found.citations.items() if where},
    }
    return json.dumps(document, indent=1)


def render(found: Traceability) -> str:
    """Counts by kind, then what nothing cites, then what cites nothing."""
    lines = [
        f"{len(found.facts)} facts, {len(found.cited)} cited, {len(found.out_of_scope)} out of scope",
        "",
    ]
    cited, total = (Counter(found.facts[f].kind for f in names) for names in (found.cited, found.facts))
    lines += [f"  {kind:16} {cited[kind]:4} of {total[kind]:4} cited" for kind in sorted(total)]
    lines += ["", f"Facts that nothing cites ({len(found.uncited)}):"]
    lines += [f"  {fact:8} {found.facts[fact].kind:14} {found.facts[fact].text}" for fact in found.uncited]
    lines += ["", f"Facts out of scope ({len(found.out_of_scope)}):"]
    lines += [f"  {fact.id:8} {fact.out_of_scope}" for fact in found.out_of_scope]
    lines += ["", f"Elements that cite nothing ({len(found.without_source)}):"]
    lines += [f"  {element}" for element in found.without_source]
    return "\n".join(lines)
