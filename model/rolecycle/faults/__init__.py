"""Failure modes and effects: faults injected one by one or in pairs, what they do, how long it lasts.

It imports ``checking``, ``engine`` and what lies below.
Begin with ``effects``, then ``injection``.
"""
