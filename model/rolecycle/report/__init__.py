"""Results as text, JSON, JUnit, SARIF and Markdown.

It imports nouns only: results, verdicts, traces, tables.
Begin with ``text``.
"""
