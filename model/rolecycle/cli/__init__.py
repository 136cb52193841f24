"""The command line: options, exit codes, progress at the terminal.

It imports everything, late, so that ``rolecycle --help`` is quick; it holds no logic.
Begin with ``main``.
"""
