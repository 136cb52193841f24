"""The header of ``ceiling.c``: the benchmark family as tables of C.

python benchmarks/ceiling.py > family.h
"""

from __future__ import annotations

from family import Tabulated, tabulated


def header(family: Tabulated) -> str:
    """The moves of each local state under each state of the controller, as what to XOR, and which are bad."""
    moves = family.moves()
    controller_bits, local_bits = _bits(len(family.controllers)), _bits(len(family.locals))
    most = max(len(pairs) for row in moves for pairs in row)
    rows = [
        "  {" + ", ".join(_moves(controller, local, pairs) for local, pairs in enumerate(row)) + "}"
        for controller, row in enumerate(moves)
    ]
    body = ",\n".join(rows)
    bad = ", ".join(str(int(local in family.bad)) for local in range(len(family.locals)))
    return f"""\
enum {{ CONTROLLER_BITS = {controller_bits}, LOCAL_BITS = {local_bits}, MOST_MOVES = {most} }};
struct moves {{ unsigned char count, local[MOST_MOVES], controller[MOST_MOVES]; }};
static const struct moves MOVES[{1 << controller_bits}][{1 << local_bits}] = {{
{body}
}};
static const unsigned char BAD[{1 << local_bits}] = {{{bad}}};
"""


def _bits(values: int) -> int:
    return (values - 1).bit_length()


def _moves(controller: int, local: int, pairs: list[tuple[int, int]]) -> str:
    locals_ = ", ".join(str(local ^ after) for _, after in pairs) or "0"
    controllers = ", ".join(str(controller ^ after) for after, _ in pairs) or "0"
    return f"{{{len(pairs)}, {{{locals_}}}, {{{controllers}}}}}"


if __name__ == "__main__":
    print(header(tabulated()), end="")
