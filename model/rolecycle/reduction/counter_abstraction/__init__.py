"""Counter abstraction: one copy of a family by itself, its minimised form, counters in the place of names.

It imports ``engine``, ``graphs``, ``language`` and ``semantics``.  ``trace_lifting`` gives each copy its name back.
Begin with ``abstract``, then ``process``.
"""
