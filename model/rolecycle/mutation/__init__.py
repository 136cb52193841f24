"""Mutants of a specification: single edits, and whether its suite would notice them.

It imports what checks a suite, to judge each mutant with it.
Begin with ``judge_mutant``.
"""
