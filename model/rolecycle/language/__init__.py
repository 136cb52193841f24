"""The specification language: its nouns, its guards, and the loader from YAML.

It imports only ``diagnostics``, so a specification can be read and written without an engine.
Begin with ``specification`` and ``machine``; ``load`` turns a folder into them.
"""
