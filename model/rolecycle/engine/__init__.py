"""The search: a product packed into bits, its successors, the visited states, rounds on several cores.

It imports ``graphs``, ``semantics``, the machines of ``language`` and the code version from ``storage``; it knows no
role, no file and no property.
Begin with ``explore``, then ``pack`` and ``visited``.
"""
