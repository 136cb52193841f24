"""What is to say of a definition and a configuration together."""

from __future__ import annotations

from collections.abc import Iterator

from rolecycle.diagnostics import Diagnostic, InputError
from rolecycle.inputs.csdef.check_shape import whole
from rolecycle.inputs.csdef.codes import found
from rolecycle.inputs.csdef.definition import roles_of
from rolecycle.inputs.csdef.references import BETWEEN_THE_FILES, Files, dangling
from rolecycle.inputs.csdef.schema import WITHOUT_EFFECT
from rolecycle.inputs.masking import shown
from rolecycle.inputs.xml_tree import Document, Element


def refuse_stranger(defined: Document, configured: Document) -> None:
    """Raise ``InputError`` RC213 for a configuration that has roles, and none of those that the definition has."""
    ours = {role.attributes.get("name", "") for role in roles_of(defined)}
    theirs = {role.attributes.get("name", "") for role in configured.root.within("Role")}
    if ours and theirs and not ours & theirs:
        message = (
            f"the configuration is of another service: its roles are {_listed(theirs)}, not {_listed(ours)}"
        )
        raise InputError(
            [found("RC213", message, configured.root.place, "give the configuration of this service")]
        )


def agreement(defined: Document, configured: Document) -> Iterator[Diagnostic]:
    """RC230, RC231, RC250 to RC256: names that only one of the two has; RC234: roles with a single instance."""
    yield from _names(defined, configured)
    yield from dangling(BETWEEN_THE_FILES, Files(defined, configured))
    ours = {role.attributes.get("name", "") for role in roles_of(defined)}
    for role in configured.root.within("Role"):
        name = role.attributes.get("name", "")
        for instances in role.within("Instances"):
            if name in ours and whole(instances.attributes.get("count", "")) == 1:
                message = f"role {shown(name)} has 1 instance: every update and repair takes it down"
                yield found("RC234", message, instances.place, "use a count of 2 or more")


def without_effect(*documents: Document) -> Iterator[Diagnostic]:
    """RC268: attributes that are written and that no verdict depends on."""
    written = {name for document in documents for name in _attributes(document.root)}
    if idle := [name for name in WITHOUT_EFFECT if name in written]:
        message = f"no verdict depends on {', '.join(idle)}"
        yield found("RC268", message, documents[0].root.place, "the model has no part that these change")


def _attributes(element: Element) -> Iterator[str]:
    yield from element.attributes
    for child in element.children:
        yield from _attributes(child)


def _names(defined: Document, configured: Document) -> Iterator[Diagnostic]:
    ours, theirs = defined.root.attributes.get("name"), configured.root.attributes.get("serviceName")
    if ours and theirs and ours != theirs:
        message = f"serviceName is {shown(theirs)}, and the name of the definition is {shown(ours)}"
        yield found("RC254", message, configured.root.place, "write the same name in both files")


def _listed(names: set[str]) -> str:
    several = [shown(name) for name in sorted(names)]
    return ", ".join(several[:4]) + (", ..." if len(several) > 4 else "")
