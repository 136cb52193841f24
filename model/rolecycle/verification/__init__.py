"""The flow from a request to a result, and the checks of a whole suite on its specification.

It imports every room that settles a property.
Begin with ``pipeline``.
"""
