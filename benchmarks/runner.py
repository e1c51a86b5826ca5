"""Runs the modules of a package that have `run(figures)`: the benchmarks and the long fault runs."""

import importlib
import pkgutil
import sys
import time
import traceback
from types import ModuleType

import click

from benchmarks.figures import FILE, Figures


def command(package: ModuleType, kind: str) -> click.Command:
    """The command line of `package`: `[--only NAME] [--list]`; non-zero when a goal is missed."""

    @click.command()
    @click.option("--only", default="", help="one of them, or several with commas")
    @click.option("--list", "listing", is_flag=True, help="name them and stop")
    def main(only: str, listing: bool) -> None:
        """Measure, print, keep in build/figures.jsonl."""
        known = found(package)
        chosen = [name for name in only.split(",") if name] or list(known)
        if unknown := sorted(set(chosen) - set(known)):
            raise click.ClickException(f"no {', '.join(unknown)}; there are: {', '.join(known) or 'none'}")
        if listing:
            for name in known:
                click.echo(title(name, known[name]))
            return
        if not known:
            click.echo(f"There is nothing in {package.__name__} to run yet; nothing was measured.")
            return
        sys.exit(measure({name: known[name] for name in chosen}, Figures(kind)))

    return main


def found(package: ModuleType) -> dict[str, ModuleType]:
    """Every module of the package that has `run(figures)`, by name."""
    names = sorted(
        module.name
        for module in pkgutil.iter_modules(package.__path__)
        if module.name != "__main__" and not module.name.startswith("test_")
    )
    modules = {name: importlib.import_module(f"{package.__name__}.{name}") for name in names}
    return {name: module for name, module in modules.items() if hasattr(module, "run")}


def title(name: str, module: ModuleType) -> str:
    """The name and the first line of the docstring."""
    return f"{name}: {(module.__doc__ or '').splitlines()[0]}"


def measure(chosen: dict[str, ModuleType], figures: Figures) -> int:
    """Run them in order; one that breaks does not stop the others. Returns the exit code."""
    broken = []
    for name, module in chosen.items():
        click.echo(title(name, module))
        began = time.monotonic()
        try:
            module.run(figures)
        except Exception:
            traceback.print_exc()
            broken.append(name)
        click.echo(f"  took {time.monotonic() - began:.0f} s")
    missed = [figure.name for figure in figures.missed]
    click.echo(f"{len(figures.taken)} figures added to {FILE.relative_to(FILE.parent.parent)}")
    if missed:
        click.echo(f"Goals missed: {', '.join(missed)}")
    if broken:
        click.echo(f"Not measured: {', '.join(broken)}")
    return 1 if missed or broken else 0
