"""What outlives a process: a cache by content, and the nouns that are kept in it.

It imports ``language`` only.  A cache never fails: what is damaged or was written by other code counts as absent.
Begin with ``store``.
"""
