"""``python -m qcoll`` is the command line."""

from .cli import main

main()
