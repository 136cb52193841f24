"""The machines alive: each member of a system is a model of the library ``transitions``, and they move together.

It imports ``language``, ``modelling`` and ``semantics``; of the latter neither products nor formulas, so that it is a
second opinion on the step rule, on guards, and on systems inside systems.
Begin with ``live_system``.
"""
