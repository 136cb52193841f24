"""The page for a design review: gathered from nouns (``gather``), then rendered (``render``).

It imports nouns, ``draw`` and the pipeline's observer.
Begin with ``gather``, then ``page``.
"""
