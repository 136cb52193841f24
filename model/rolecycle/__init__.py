"""An executable, machine-checked specification of the Windows Azure Cloud Services role architecture.

``rolecycle.language.load`` reads a specification, ``rolecycle.verification.pipeline`` explores and judges it; the
command ``rolecycle`` does both.
"""

__version__ = "0.1.0"
