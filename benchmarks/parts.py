"""The portal's own processes under measurement: `doorstep serve`, or web, worker and clock; their CPU and memory."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, text

from benchmarks import cores, seeds
from benchmarks.figures import BUILD
from benchmarks.provider import Provider
from benchmarks.server import PROJECT, wait_until_it_answers
from portal.config import Settings

DOORSTEP = [sys.executable, "-c", "from portal.app import main; main()"]
TICK_SECONDS = 1 / os.sysconf("SC_CLK_TCK")
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@contextmanager
def running(
    settings: Mapping[str, str], parts: Mapping[str, str], where: Iterable[int] = cores.ALL
) -> Iterator[dict[str, int]]:
    """Start `doorstep WORDS` for each part, on the given cores; yields their process numbers by name.

    What they say goes to `build/bench/NAME.log`.
    """
    inherited = {
        name: value for name, value in os.environ.items() if name.lower() not in Settings.model_fields
    }
    (BUILD / "bench").mkdir(parents=True, exist_ok=True)
    with ExitStack() as ending:
        pids = {}
        for name, words in parts.items():
            log = ending.enter_context(open(BUILD / "bench" / f"{name}.log", "wb"))
            process = subprocess.Popen(
                [*DOORSTEP, *words.split()],
                cwd=PROJECT,
                env={**inherited, **settings},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=lambda: cores.pin(set(where)),
                start_new_session=True,
            )
            ending.callback(ended, process)
            pids[name] = process.pid
            if "--port" in words:
                wait_until_it_answers(process, int(words.partition("--port ")[2].split()[0]))
        yield pids


def ended(process: subprocess.Popen[bytes], patience_seconds: float = 20) -> None:
    """Ask a part to end; its whole group is killed when it does not."""
    process.terminate()
    try:
        process.wait(patience_seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def environment(database_url: str, provider: Provider, port: int, redis_url: str = "") -> dict[str, str]:
    """The settings of a portal on a seeded database that sends by `provider`.

    Its clock begins where the seeds end and runs as every clock: whatever the hour, it is day at the doors.
    """
    return provider.settings | {
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "SECRET_KEY": seeds.SECRET,
        "LOG_LEVEL": "WARNING",
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "CLOCK_STARTS_AT": seeds.NOW.isoformat(),
        "CLOCK_REAL_START": datetime.now(UTC).isoformat(),
        # dispatch's endpoint is on this machine
        "WEBHOOK_ALLOW_PRIVATE": "true",
    }


def cpu_seconds(pid: int) -> float:
    """What a process and its descendants have used, in user and system time; those that ended count too."""
    used = 0
    for one in family(pid):
        fields = stat(one)
        # utime, stime, and those of children already waited for
        used += sum(map(int, fields[11:15]))
    return used * TICK_SECONDS


def memory_bytes(pid: int) -> int:
    """What a process and its descendants hold in memory (RSS)."""
    return sum(int(Path(f"/proc/{one}/statm").read_text().split()[1]) for one in family(pid)) * PAGE_BYTES


def family(pid: int) -> list[int]:
    """The process and all below it."""
    found = [pid]
    for one in found:
        for task in Path(f"/proc/{one}/task").iterdir():
            found += map(int, (task / "children").read_text().split())
    return found


def stat(pid: int) -> list[str]:
    """The fields of `/proc/PID/stat` after the name, which may hold blanks."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def postgres_of(engine: Engine) -> int:
    """The first process of the PostgreSQL server that `engine` speaks to."""
    with engine.connect() as connection:
        backend = int(connection.execute(text("SELECT pg_backend_pid()")).scalar_one())
    return int(stat(backend)[1])
