"""Show a value of an untrusted file without secrets, control characters or long texts."""

from __future__ import annotations

import re
from collections.abc import Collection

from rolecycle.diagnostics import did_you_mean

MASK = "***"
LONGEST_SHOWN = 60
MOST_COMPARED = 25  # no hint when there are more names

_WORD = r"(?:passw(?:or)?d|passphrase|pwd|secret|token|credential|account-?key|access-?key|api-?key|key|sig)"
_SECRETS = (
    re.compile(rf"(?i)(\b[\w.-]{{0,40}}{_WORD}\s*[=:]\s*)(?:\"[^\"]*\"|'[^']*'|[^\s;&\"']+)"),
    re.compile(rf"(?i)([-/][\w.-]{{0,40}}{_WORD}\s+)(?:\"[^\"]*\"|'[^']*'|[^\s\"']+)"),
    re.compile(r"(://[^\s:/@]{1,100}:)[^\s@/]+(?=@)"),
    re.compile(r"()(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{30,}={1,2}"),
)


def masked(text: str) -> str:
    """Return the text with ``***`` in place of everything that looks like a password, a key or a token."""
    for secret in _SECRETS:
        text = secret.sub(rf"\g<1>{MASK}", text)
    return text


def shown(text: str) -> str:
    """Return the text as a message may quote it: short, in quotes, printable, masked."""
    clear = masked(text[:1000])
    short = clear if len(clear) <= LONGEST_SHOWN else clear[:LONGEST_SHOWN] + "..."
    return "'" + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in short) + "'"


def near(name: str, known: Collection[str]) -> str:
    """Return a hint with the known name that was probably meant."""
    if len(known) > MOST_COMPARED:
        return ""
    return did_you_mean(name[:LONGEST_SHOWN], known) or "declare it, or correct the name"
