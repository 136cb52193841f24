"""Pages that follow from the code: options, JSON keys, codes of messages, the Python API and the glossary.

``python -m rolecycle.reference_pages docs/reference`` writes them, the glossary into the folder above; a test holds
them fresh.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import FunctionType

import click

import rolecycle
from rolecycle import testing
from rolecycle.cli.main import main
from rolecycle.commands.write_files import write
from rolecycle.report import json_keys, markdown
from rolecycle.report.all_codes import CODES
from rolecycle.report.glossary import GLOSSARY

KINDS = {"integer range": "N", "float range": "SECONDS", "path": "PATH", "directory": "DIR", "text": "NAME"}
"""What stands for a value of each kind."""

GENERATED = "This page is generated from the code by `make reference`; a test holds it fresh."


def pages() -> dict[str, str]:
    """File name to text."""
    reference = {"options.md": options(), "json.md": json(), "codes.md": codes(), "python.md": python()}
    return {**reference, "../glossary.md": glossary()}


def options() -> str:
    """Every command with its options, as ``--help`` has them."""
    commands = (command for _, command in sorted(main.commands.items()))
    return markdown.document("# Options", GENERATED, *(_command(command) for command in commands))


def _command(command: click.Command) -> str:
    rows = [list(_option(option)) for option in command.params if isinstance(option, click.Option)]
    arguments = [
        p.make_metavar(click.Context(command)) for p in command.params if isinstance(p, click.Argument)
    ]
    head = f"`rolecycle {' '.join([command.name or '', *arguments])}`"
    return markdown.section(
        head, inspect.cleandoc(command.help or ""), markdown.table(["option", "meaning"], rows)
    )


def _option(option: click.Option) -> Iterator[str]:
    names = ", ".join(option.opts)
    yield markdown.code(names if option.is_flag else f"{names} {_value(option)}")
    yield markdown.words(option.help or "")


def _value(option: click.Option) -> str:
    """What stands for the value of an option: its choices, or the kind of value."""
    if isinstance(option.type, click.Choice):
        return "|".join(map(str, option.type.choices))
    return option.metavar or KINDS.get(option.type.name, option.type.name.upper())


def json() -> str:
    """The keys of ``--format json``."""
    return markdown.document(
        "# JSON",
        "Keys may be added in later versions, never renamed. `[]` is each element of a list, `.*` each key.",
        GENERATED,
        _keys("Of every command", json_keys.EVERYWHERE),
        _keys("Of `verify` and `import`", json_keys.VERIFY),
        _keys("Of `faults`", json_keys.FAULTS),
        _keys("Of `fuzz`", json_keys.FUZZ),
        _keys("Of `simulate`", json_keys.SIMULATE),
        _keys("Of `explain`", json_keys.EXPLAIN),
        _keys("Of `list`", json_keys.LIST),
        _keys("Of `mutate`", json_keys.MUTATE),
    )


def _keys(title: str, table: Mapping[str, str]) -> str:
    return markdown.section(
        title, markdown.table(["key", "meaning"], [[f"`{k}`", v] for k, v in table.items()])
    )


def codes() -> str:
    """Every code of a message, with what ``rolecycle explain`` says of it."""
    sections = (markdown.section(f"{code}: {title}", text) for code, (title, text) in CODES.items())
    head = "# Codes", "`rolecycle explain CODE` says the same.", GENERATED
    return markdown.document(*head, *sections)


def glossary() -> str:
    """Every term, with what ``rolecycle explain`` says of it."""
    head = "# Glossary", "`rolecycle explain TERM` says the same.", GENERATED
    rows = ([f"**{term}**", meaning] for term, meaning in GLOSSARY.items())
    return markdown.document(*head, markdown.table(["term", "meaning"], rows))


def python() -> str:
    """The public API, from its docstrings."""
    names = (_name("", name, getattr(rolecycle, name)) for name in rolecycle.__all__)
    tests = (_name("rolecycle.testing.", name, getattr(testing, name)) for name in testing.__all__)
    return markdown.document("# Python", _text(rolecycle), GENERATED, *names, *tests)


def _name(module: str, name: str, value: object) -> str:
    assert callable(value)
    code = f"```python\n{_definition(name, value)}\n```"
    members = markdown.table(["member", "meaning"], _members(value))
    return markdown.section(f"`{module}{name}`", code, _text(value), members)


def _definition(name: str, value: Callable[..., object]) -> str:
    """The first line of the definition; of an exception, which users catch and never make, without arguments."""
    if inspect.isclass(value) and issubclass(value, Exception):
        return f"class {name}(Exception)"
    kind = "class" if inspect.isclass(value) else "def"
    return f"{kind} {name}{_signature(value)}"


def _signature(value: Callable[..., object]) -> str:
    """The arguments; annotations, which are kept as text, without their quotes."""
    return re.sub(r"(?<=[:>] )'([^']+)'", r"\1", str(inspect.signature(value)))


def _members(value: object) -> Iterator[Sequence[str]]:
    """The public methods and properties of a class, each with its docstring."""
    own = vars(value).items() if inspect.isclass(value) else ()
    for name, member in own:
        if not name.startswith("_") and isinstance(member, property | FunctionType):
            signature = _signature(member) if isinstance(member, FunctionType) else ""
            shown = name + re.sub(r"self(, )?", "", signature, count=1)
            yield markdown.code(shown), " ".join(_text(member).split())


def _text(value: object) -> str:
    return (inspect.getdoc(value) or "").replace("``", "`")


if __name__ == "__main__":
    write(pages(), Path(sys.argv[1]))
