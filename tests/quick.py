"""What a thousand apps of one process need not work out again: the code of templates and of addresses.

Every test makes an app of its own. More than half of what that cost was the compiling of the same templates and the
same rules of addresses; both are kept here by what they are made of. Nothing of an app's state is shared.
"""

from collections.abc import Callable
from typing import Any, ClassVar

from flask import Flask
from jinja2 import BytecodeCache, Environment
from jinja2.bccache import Bucket
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


def make_quick() -> None:
    """From here on every app of this process remembers."""
    Flask.url_rule_class = KnownRule
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": Compiled()}
