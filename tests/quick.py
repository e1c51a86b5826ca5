"""What a thousand apps of one process need not work out again: the code of templates, addresses and statements.

Every test makes an app of its own. More than half of what that cost was the compiling of the same templates, the
same rules of addresses and the same SQL; they are kept here by what they are made of. Nothing of an app's state is
shared.
"""

from collections.abc import Callable
from copy import copy
from typing import Any, ClassVar

from flask import Flask
from jinja2 import BytecodeCache, Environment
from jinja2.bccache import Bucket
from sqlalchemy import Connection, Engine, event
from werkzeug.routing import Rule


class Compiled(BytecodeCache):
    """The code of templates, by name, source and the kind of environment; a language puts its own words in."""

    def __init__(self) -> None:
        self.code: dict[Any, bytes] = {}

    def get_bucket(self, environment: Environment, name: str, filename: str | None, source: str) -> Bucket:
        """The place of one template in one kind of environment."""
        catalog = getattr(getattr(environment, "words", None), "__self__", None)
        key: Any = (environment.sandboxed, *sorted(environment.extensions), catalog, name, filename)
        bucket = Bucket(environment, key, self.get_source_checksum(source))
        self.load_bytecode(bucket)
        return bucket

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill the bucket when the code is known."""
        if bucket.key in self.code:
            bucket.bytecode_from_string(self.code[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        self.code[bucket.key] = bucket.bytecode_to_string()


Builder = Callable[..., tuple[str, str]]


class KnownRule(Rule):
    """A rule of addresses that compiles its two builders once a process."""

    builders: ClassVar[dict[tuple[Any, ...], Builder]] = {}
    read: ClassVar[dict[tuple[Any, ...], tuple[Any, ...]]] = {}

    def compile(self) -> None:
        """Read the rule; of one that is known, only the converters are made again, for this app's map."""
        assert self.map is not None
        given = (self.rule, self.host, self.subdomain, repr(self.defaults))
        shape = (*given, self.map.host_matching, self.merge_slashes, frozenset(self.map.converters.items()))
        if shape not in self.read:
            super().compile()
            self.read[shape] = self._parts, self._trace, self._converters, self.arguments
            return
        parts, trace, converters, arguments = self.read[shape]
        self._parts, self._trace, self.arguments = list(parts), list(trace), set(arguments)
        self._converters = {name: copy(one) for name, one in converters.items()}
        for one in self._converters.values():
            one.map = self.map
        self._build = self._compile_builder(False).__get__(self, None)
        self._build_unknown = self._compile_builder(True).__get__(self, None)

    def _compile_builder(self, append_unknown: bool = True) -> Builder:
        # converters are asked through the rule itself, so that only its text shapes the code
        shape = (
            self.rule,
            self.host,
            self.subdomain,
            repr(self.defaults),
            self.merge_slashes,
            append_unknown,
        )
        if shape not in self.builders:
            self.builders[shape] = super()._compile_builder(append_unknown)
        return self.builders[shape]


class Statements(dict[Any, Any]):
    """Compiled SQL by dialect's kind and statement; each app has an engine and so a dialect of its own."""

    def get(self, key: Any, default: Any = None) -> Any:
        """The compiled statement, when it is known."""
        return super().get(_of_any_engine(key), default)

    def __setitem__(self, key: Any, compiled: Any) -> None:
        super().__setitem__(_of_any_engine(key), compiled)


def _of_any_engine(key: tuple[Any, ...]) -> tuple[Any, ...]:
    dialect, *statement = key
    return type(dialect), dialect.server_version_info, *statement


def make_quick() -> None:
    """From here on every app of this process remembers."""
    Flask.url_rule_class = KnownRule
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": Compiled()}
    statements = Statements()

    @event.listens_for(Engine, "engine_connect")
    def share(connection: Connection) -> None:
        connection.execution_options(compiled_cache=statements)
