"""For tests of one's own: the plug-in for pytest, and strategies and a state machine for Hypothesis.

It imports the rooms on the way from files to verdicts, and ``report`` for the text of a failure.
Begin with ``pytest_plugin``.
"""
