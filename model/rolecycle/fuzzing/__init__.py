"""Runs of the live machines, made by Hypothesis: what they break, shortened, and confirmed by the engine's own rules.

It imports the live core, what a property is, and the search that its findings are compared with.
Begin with ``fuzz``.
"""
