"""The benchmark family in Promela, in the form that suits Spin best.

An instance is one process and its local state is the place where its control stands, so that the partial-order
reduction can see which steps concern no other process. ``promela.py`` translates any product instead, as one process.

python benchmarks/promela_family.py N > lifecycle.pml
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from family import INSTANCE, Step, Tabulated, arrows, lifecycle, tabulated

CONTROLLED = arrows(lifecycle.CONTROLLER)


def promela(family: Tabulated, instances: int) -> str:
    """The Promela text; without reductions Spin stores as many states as the family has."""
    controllers = ", ".join(f"{number} {state}" for number, state in enumerate(family.controllers))
    return "\n".join(
        [
            f"/* The machines of an instance: {', '.join(INSTANCE)} */",
            f"byte controller = 0;  /* {controllers} */",
            f"active [{instances}] proctype instance() {{",
            *(line for local in range(len(family.locals)) for line in _location(family, local)),
            "}",
            "",
        ]
    )


def _location(family: Tabulated, local: int) -> Iterator[str]:
    """A label and the steps from it; where an instance is in rotation and not Ready stands an assertion."""
    bad = " assert(false);" if local in family.bad else ""
    yield f"end{local}: /* {' '.join(family.locals[local])} */{bad}"
    yield "  if"
    for step in family.steps:
        if step.local == local and (step.controller == 0 or step.event in CONTROLLED):
            yield f"  :: {_guard(step)}; goto end{step.next_local}  /* {step.event} */"
    yield "  fi;"


def _guard(step: Step) -> str:
    """What the controller has to do with a step; an event in which it takes no part is free in each of its states."""
    if step.event not in CONTROLLED:
        return "true"
    if step.controller == step.next_controller:
        return f"controller == {step.controller}"
    return f"d_step {{ controller == {step.controller} -> controller = {step.next_controller} }}"


if __name__ == "__main__":
    print(promela(tabulated(), int(sys.argv[1])), end="")
