"""Small service definitions and configurations, written where a test wants them."""

from __future__ import annotations

from pathlib import Path

from rolecycle.diagnostics import Diagnostic, InputError
from rolecycle.inputs.csdef import read_service

NAMESPACE = "http://schemas.microsoft.com/ServiceHosting/2008/10/"
SERVICES = Path(__file__).parents[1] / "services"
EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"


def definition(body: str, attributes: str = 'name="Contoso"') -> str:
    return f'<ServiceDefinition xmlns="{NAMESPACE}ServiceDefinition" {attributes}>{body}</ServiceDefinition>'


def configuration(body: str, attributes: str = 'serviceName="Contoso"') -> str:
    root = "ServiceConfiguration"
    return f'<{root} xmlns="{NAMESPACE}{root}" {attributes}>{body}</{root}>'


def counted(**counts: int | str) -> str:
    """A configuration that gives each role a count."""
    roles = (f'<Role name="{name}"><Instances count="{n}"/></Role>' for name, n in counts.items())
    return configuration("".join(roles))


def write(folder: Path, text: str | bytes, name: str = "ServiceDefinition.csdef") -> Path:
    path = folder / name
    path.write_bytes(text.encode("utf-8") if isinstance(text, str) else text)
    return path


def said_of(path: Path, configuration: Path | None = None) -> tuple[Diagnostic, ...]:
    """All that is said of a service, whether it can be read or not."""
    try:
        return read_service(path, configuration)[1]
    except InputError as problem:
        return problem.diagnostics


def codes(path: Path, configuration: Path | None = None) -> list[str]:
    return [each.code for each in said_of(path, configuration)]
