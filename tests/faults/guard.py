"""A process that outlives whoever runs the faults and ends every process they started, however they ended."""

import os
import signal
import subprocess
import sys
from contextlib import suppress

from tests.servers.run import PROJECT


class Guard:
    """Tell it the process groups; when this process is gone, so are they."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.guard"],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            text=True,
            # out of the reach of the terminal's Ctrl-C
            start_new_session=True,
        )

    def watch(self, group: int) -> None:
        """End this process group at the end."""
        assert self._process.stdin
        self._process.stdin.write(f"{group}\n")
        self._process.stdin.flush()

    def close(self) -> None:
        """The end."""
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait()


def end(group: int) -> None:
    """SIGKILL to every process of a group; none left is fine."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def main() -> None:
    """Read groups until nobody writes any more, then end them."""
    groups = [int(line) for line in sys.stdin]
    for group in groups:
        end(group)


if __name__ == "__main__":
    main()
