"""Random runs of a system in one piece: walks, and starting points far from the initial state.

It imports ``verification`` and what lies below it.
Begin with ``starting_points``, then ``walk``.
"""
