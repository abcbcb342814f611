"""``python -m coopsim`` is the command line."""

from coopsim.app.cli import main

main(prog_name="coopsim")
