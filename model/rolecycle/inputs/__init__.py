"""Files that users bring: service definitions and configurations (``csdef``), and Petri nets (``read_pnml``).

It imports only ``diagnostics`` and knows nothing of specifications: what it returns are ``service`` and ``net`` nouns.
Begin with ``service``, then ``csdef``.
"""
