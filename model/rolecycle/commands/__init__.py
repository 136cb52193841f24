"""What each command does between its options and its output; one module a command.

It imports everything but ``report``, ``review`` and ``cli``, except the Markdown of the component pages.
Begin with ``verify``.
"""
