"""Verb: an outcome becomes text, JSON, JUnit XML or SARIF."""
