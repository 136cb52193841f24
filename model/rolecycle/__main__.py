"""``python -m rolecycle``."""

from rolecycle.cli import main

main()
