"""Smaller products with the same verdicts: quotients, cones of influence, symmetry, counter abstraction.

It imports ``engine`` and what lies below.  Each reduction names the condition under which it was applied.
Begin with ``reduced``, the noun that every reduction takes and returns, then ``choose``.
"""
