"""Proofs for every number of copies, by view abstraction.

It imports ``language`` and ``semantics``.
Begin with ``prove``, then ``view_abstraction``, which gives the argument.
"""
