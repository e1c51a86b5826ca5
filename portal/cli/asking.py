"""What every command needs: settings, an app, and an end with one clear sentence instead of a trace."""

import sys
from collections.abc import Callable
from typing import Any, NoReturn

import click
from flask import Flask
from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from portal.config import Settings, SettingsError
from portal.flows import doctor, operate

MakeApp = Callable[..., Flask]
PORT = click.IntRange(1, 65_535)


def stop(sentence: str) -> NoReturn:
    """End with one clear sentence."""
    click.echo(f"doorstep: {sentence}", err=True)
    sys.exit(1)


def settings_or_stop() -> Settings:
    """The settings, or the end with the name of the one that is wrong."""
    try:
        settings = Settings()
        settings.check()
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        name = "_".join(str(part) for part in first["loc"]).upper()
        stop(": ".join(part for part in (name, first["msg"].removeprefix("Value error, ")) if part))
    except SettingsError as error:
        stop(str(error))
    return settings


class House:
    """The roof's maker, so that commands can put up an app when they need one."""

    def __init__(self, make: MakeApp) -> None:
        self.make = make

    def app(self) -> Flask:
        """An app on the settings of the environment."""
        return self.make(settings_or_stop())

    def says(self, act: Callable[[Any, Any], list[str]]) -> None:
        """Do something with (kit, now) and print what it answers."""
        app = self.app()
        kit = app.extensions["doorstep"]
        with app.app_context():
            lines = act(kit, kit.now())
        for line in lines:
            click.echo(line)

    def keeps(self, act: Callable[[Any, Any, Any], list[str]]) -> None:
        """Do something with (session, kit, now) in one transaction and print what it answers."""

        def in_one(kit: Any, now: Any) -> list[str]:
            with kit.transaction() as session:
                return act(session, kit, now)

        self.says(in_one)


class Commands(click.Group):
    """The commands; what an operator can put right ends in a sentence."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except operate.Wrong as wrong:
            stop(str(wrong))
        except SQLAlchemyError as error:
            stop(doctor.sentence_of(error))
        except OSError as error:
            if not error.filename:
                raise
            stop(f"{error.filename}: {error.strerror}.")
