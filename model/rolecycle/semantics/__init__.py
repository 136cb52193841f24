"""What a specification means: systems of machines, their composition, guards as formulas, time, traces.

It imports ``language`` only; nothing here searches.
Begin with ``system``, the step rule; ``product`` has the nouns, ``compose`` makes them.
"""
