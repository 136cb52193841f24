"""Properties judged in a state space: safety, liveness under fairness, bounds of time, proofs for every size.

It imports ``engine``, ``reduction`` and what lies below.
Begin with ``judge``, then ``verdict``.
"""
