"""Finds a Chromium for the browser tests, or installs one; run as a module it says what it found."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.servers import Missing

# The one without windows needs half of what a whole browser needs for the same pages.
SHELL = "chromium-headless-shell"
NAMES = (SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PATIENCE = 300
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
    """The one without windows where it can be had, else what was found, else whatever can be installed."""
    try:
        found = find()
    except Missing:
        found = ""
    for commands in [] if os.environ.get("CHROMIUM") or Path(found).name == SHELL else ways(found):
        print(f"Browser: {' '.join(commands[-1])} ...", flush=True)
        if all(quietly(command) for command in commands):
            try:
                return find()
            except Missing:
                continue
    if found:
        return found
    raise Missing("no Chromium: none was found and none could be installed")


def ways(found: str) -> list[list[list[str]]]:
    """What to try in turn, each a row of commands: Debian's packages when root, Playwright's download."""
    playwright = [[sys.executable, "-m", "playwright", "install", "chromium"]]
    if os.geteuid() or not shutil.which("apt-get"):
        return [] if found else [playwright]
    install = ["apt-get", "install", "-y", "--no-install-recommends"]
    shell, whole = ([["apt-get", "update"], [*install, package]] for package in (SHELL, "chromium"))
    return [shell] if found else [shell, whole, playwright]


def quietly(command: list[str]) -> bool:
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
    except subprocess.TimeoutExpired:
        print(f"  nothing after {PATIENCE} seconds")
        return False
    if done.returncode:
        print(f"  did not work: {(done.stderr or done.stdout).strip()[-200:]}")
    return done.returncode == 0


if __name__ == "__main__":
    try:
        print(f"Browser: {install()}")
    except Missing as why:
        print(f"Browser: {why}. The browser tests will be skipped.")
