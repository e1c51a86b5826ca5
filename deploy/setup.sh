#!/bin/sh
# Makes .venv in the project root with exactly what the lock file names, then the project itself.
# Needs Python 3.11 or later with pip and venv, and a package index. PYTHON=/path/to/python chooses one.
# Quick and silent when the lock, pyproject.toml and this file are what they were.
set -eu
cd "$(dirname "$0")/.."

lock=deploy/requirements-dev.txt
stamp=.venv/.ready
print="$(cat "$lock" pyproject.toml deploy/setup.sh | cksum) $(pwd)"

if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$print" ] && .venv/bin/python -c '' 2>/dev/null; then
    exit 0
fi

fits() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

python=
for candidate in ${PYTHON:-python3 python3.11 python3.12 python3.13 python3.14 python}; do
    if fits "$candidate"; then python=$candidate; break; fi
done
if [ -z "$python" ]; then
    echo "Doorstep needs Python 3.11 or later, and found none: install it, or name it with make setup PYTHON=/path/to/python." >&2
    exit 1
fi

if ! fits .venv/bin/python || ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    rm -rf .venv
    if ! "$python" -m venv .venv >/dev/null 2>&1; then
        rm -rf .venv
        echo "$python cannot make a virtual environment: install its venv package (on Debian and Ubuntu: apt-get install python3-venv)." >&2
        exit 1
    fi
fi

echo "Installing the packages of $lock into .venv (once; a minute or two) ..."
.venv/bin/python -m pip install -qq --require-hashes -r "$lock"
.venv/bin/python -m pip install -qq --no-deps --no-build-isolation --no-index -e .
echo "$print" >"$stamp"
echo "Ready: .venv/bin/doorstep"
