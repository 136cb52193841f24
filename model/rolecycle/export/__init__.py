"""Machines, architectures, state spaces, quotients and traces in the formats of other tools.

It imports nouns of ``language`` and ``semantics``, the spaces of ``engine`` and quotients of ``reduction``, and the
pictures of ``draw``.  networkx is imported where a graph is made, for no other room needs it.
Begin with ``formats``.
"""
