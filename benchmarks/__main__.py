"""`python -m benchmarks [--only NAME] [--list]`."""

import benchmarks
from benchmarks.runner import command

if __name__ == "__main__":
    command(benchmarks, "bench")(prog_name="benchmarks")
