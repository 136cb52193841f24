"""The benchmark family in TLA+, as a user of TLA+ would write it: a function of the instances for each machine.

python benchmarks/tla.py N FOLDER [symmetric]     writes Lifecycle.tla and Lifecycle.cfg
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from family import INSTANCE, arrows, lifecycle

HEAD = """\
---- MODULE Lifecycle ----
EXTENDS TLC
CONSTANT Instances
VARIABLES {variables}
vars == <<{variables}>>
Exchange == Permutations(Instances)
"""

TAIL = """\
Next == \\E i \\in Instances : {events}
Spec == Init /\\ [][Next]_vars
InRotationIsReady == \\A i \\in Instances : load_balancer[i] = "In" => role_host[i] = "Ready"
====
"""


def module() -> str:
    """The text of the module; the number of instances is a matter of the configuration."""
    variables = [*INSTANCE, lifecycle.CONTROLLER]
    tables = {name: arrows(name) for name in variables}
    events = sorted({event for table in tables.values() for event in table})
    return "\n".join(
        [
            HEAD.format(variables=", ".join(variables)),
            "Init ==",
            *(f"  /\\ {name} = {_initial(name)}" for name in variables),
            *(line for event in events for line in ("", *_action(event, tables))),
            "",
            TAIL.format(events=" \\/ ".join(f"{event}(i)" for event in events)),
        ]
    )


def configuration(instances: int, symmetric: bool) -> str:
    """The configuration of TLC for a number of instances, model values that may be exchanged if ``symmetric``."""
    names = [f"i{k}" for k in range(1, instances + 1)]
    constants = [f"  {name} = {name}" for name in names]
    lines = ["CONSTANTS", *constants, f"  Instances = {{{', '.join(names)}}}"]
    lines += ["SPECIFICATION Spec", "INVARIANT InRotationIsReady"]
    return "\n".join([*lines, *(["SYMMETRY Exchange"] if symmetric else []), ""])


def _initial(name: str) -> str:
    state = f'"{lifecycle.machine(name).initial}"'
    return state if name == lifecycle.CONTROLLER else f"[i \\in Instances |-> {state}]"


def _action(event: str, tables: dict[str, dict[str, dict[str, str]]]) -> Iterator[str]:
    """One action: the machines that have the event move, the others stay."""
    takers = {name: table[event] for name, table in tables.items() if event in table}
    yield f"{event}(i) =="
    yield from (f"  /\\ {_place(name)} \\in {_set(moves)}" for name, moves in takers.items())
    changed = {name: moves for name, moves in takers.items() if any(s != d for s, d in moves.items())}
    yield from (f"  /\\ {name}' = {_after(name, moves)}" for name, moves in changed.items())
    yield f"  /\\ UNCHANGED <<{', '.join(name for name in tables if name not in changed)}>>"


def _place(name: str) -> str:
    return name if name == lifecycle.CONTROLLER else f"{name}[i]"


def _set(moves: dict[str, str]) -> str:
    return "{" + ", ".join(f'"{source}"' for source in moves) + "}"


def _after(name: str, moves: dict[str, str]) -> str:
    """The next value of a variable; a machine goes to one state, or each source has a case of its own."""
    value = f'"{next(iter(moves.values()))}"'
    if len(set(moves.values())) > 1:
        cases = " [] ".join(f'{_place(name)} = "{source}" -> "{dest}"' for source, dest in moves.items())
        value = f"CASE {cases}"
    return value if name == lifecycle.CONTROLLER else f"[{name} EXCEPT ![i] = {value}]"


if __name__ == "__main__":
    folder = Path(sys.argv[2])
    (folder / "Lifecycle.tla").write_text(module(), encoding="utf-8")
    text = configuration(int(sys.argv[1]), "symmetric" in sys.argv[3:])
    (folder / "Lifecycle.cfg").write_text(text, encoding="utf-8")
