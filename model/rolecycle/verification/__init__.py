"""The whole flow from a request to a result, and what a whole suite says about its specification.

It imports every room that settles a property.
Begin with ``pipeline``.
"""
