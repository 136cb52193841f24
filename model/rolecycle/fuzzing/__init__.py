"""Random runs of a system in one piece: drawn by Hypothesis, judged, made simpler, and confirmed by the engine's rules.

It imports ``simulation``, whose machines take the runs, and ``verification``, whose search their findings stand beside.
Begin with ``fuzz``; where runs may start, with ``starting_points``.
"""
