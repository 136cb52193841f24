"""What is to be checked: the suite of a specification, the systems of a service, the specification of a net.

It imports ``language`` and ``inputs``.
Begin with ``requests``, then ``service_systems``.
"""
