"""The search: a product packed into bits, its successors, the visited states, rounds on several cores.

It imports ``graphs``, ``semantics`` and of ``language`` the machines; it knows no role, no file and no property.
Begin with ``explore``, then ``pack`` and ``visited``.
"""
