"""Pictures as text (SVG and DOT): statecharts, architectures and sequence charts.

It imports nouns of ``language`` and ``semantics``.  Other rooms call ``files``, or ``render`` for the DOT
text of a picture; these load the drawing libraries.
Begin with ``picture``.
"""
