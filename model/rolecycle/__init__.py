"""An executable, machine-checked specification of the Windows Azure Cloud Services role architecture.

``rolecycle.load`` reads a specification, ``rolecycle.pipeline`` explores and judges it; the command
``rolecycle`` does both.
"""

__version__ = "0.1.0"
