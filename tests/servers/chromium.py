"""Finds a Chromium for the browser tests, or installs one; run as a module it says what it found."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.servers import Missing

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)


def find() -> str:
    """The path of a Chromium: the setting CHROMIUM, one on the PATH, or Playwright's own."""
    if chosen := os.environ.get("CHROMIUM"):
        return chosen
    for name in NAMES:
        if found := shutil.which(name):
            return found
    if found := playwrights_own():
        return found
    raise Missing("no Chromium found: install it, name it with CHROMIUM=/path, or run make test")


def playwrights_own() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def install() -> str:
    """Find one, else try Debian's package when root, else Playwright's download."""
    try:
        return find()
    except Missing:
        pass
    for commands in ways():
        print(f"No Chromium yet: {' '.join(commands[-1])} ...", flush=True)
        if all(quietly(command) for command in commands):
            try:
                return find()
            except Missing:
                continue
    raise Missing("no Chromium: none was found and none could be installed")


def ways() -> list[list[list[str]]]:
    playwright = [[sys.executable, "-m", "playwright", "install", "chromium"]]
    if os.geteuid() or not shutil.which("apt-get"):
        return [playwright]
    return [
        [["apt-get", "update"], ["apt-get", "install", "-y", "--no-install-recommends", "chromium"]],
        playwright,
    ]


def quietly(command: list[str]) -> bool:
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(
        command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=600
    )
    if done.returncode:
        print(f"  did not work: {(done.stderr or done.stdout).strip()[-200:]}")
    return done.returncode == 0


if __name__ == "__main__":
    try:
        print(f"Browser: {install()}")
    except (Missing, subprocess.TimeoutExpired) as why:
        print(f"Browser: {why}. The browser tests will be skipped.")
