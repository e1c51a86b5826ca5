"""`python -m tests.faults [--only NAME] [--list]`: the long fault runs, counted."""

import tests.faults
from benchmarks.runner import command

if __name__ == "__main__":
    command(tests.faults, "faults")(prog_name="faults")
