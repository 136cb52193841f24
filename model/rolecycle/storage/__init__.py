"""What outlives a process: a cache addressed by content, and the specification in it.

It imports ``language`` only.  A cache never fails: what is damaged, or was written by other code, counts as absent.
Begin with ``store``.
"""
