"""What outlives a process: a cache addressed by content, and the specification in it.

It imports ``language`` only.  A cache never fails: a file that is damaged, or that other
code wrote, counts as absent.  Begin with ``store``.
"""
