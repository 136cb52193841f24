"""``python -m rolecycle``."""

from rolecycle.cli.main import main

main()
