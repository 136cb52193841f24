"""Runs of the live machines, drawn by Hypothesis: what they break, made simpler, and confirmed by the engine's rules.

It imports ``simulation``, the properties that are judged, and ``verification``, whose search its findings stand beside.
Begin with ``fuzz``.
"""
