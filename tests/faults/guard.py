"""A process that outlives whoever runs the faults and clears away what they started, however they ended."""

import os
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.servers.run import PROJECT


class Guard:
    """Tell it process groups, single processes and folders; when this process is gone, so are they."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.guard"],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            text=True,
            # out of the reach of the terminal's Ctrl-C
            start_new_session=True,
        )

    def group(self, group: int) -> None:
        """End this process group at the end."""
        self._tell("group", group)

    def process(self, pid: int) -> None:
        """End this process at the end."""
        self._tell("process", pid)

    def folder(self, path: Path) -> None:
        """Delete this folder at the end."""
        self._tell("folder", path)

    def _tell(self, kind: str, what: object) -> None:
        assert self._process.stdin
        self._process.stdin.write(f"{kind} {what}\n")
        self._process.stdin.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait()


def end(group: int) -> None:
    """SIGKILL to every process of a group; none left is fine."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def end_process(pid: int) -> None:
    """SIGKILL to one process; gone is fine."""
    with suppress(ProcessLookupError, PermissionError):
        os.kill(pid, signal.SIGKILL)


def main() -> None:
    """Read until nobody writes any more, then clear away: processes first."""
    told = [line.rstrip("\n").partition(" ") for line in sys.stdin]
    for kind, _, what in told:
        match kind:
            case "group":
                end(int(what))
            case "process":
                end_process(int(what))
    for kind, _, what in told:
        if kind == "folder":
            shutil.rmtree(what, ignore_errors=True)


if __name__ == "__main__":
    main()
