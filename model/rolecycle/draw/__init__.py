"""Pictures as text (SVG and DOT): statecharts, architectures and sequence charts.

It imports nouns of ``language`` and ``semantics``.  Other rooms call ``files``, which loads the drawing libraries.
Begin with ``picture``.
"""
