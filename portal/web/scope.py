"""Whose shipment an item means: the key's shipper, or, with the operator's key, the one the item names."""

from collections.abc import Iterable, Mapping

from flask import g
from sqlalchemy.orm import Session

from portal.store import shipments
from portal.store.keys import Key
from portal.store.shippers import Shipper
from portal.wiring import kit


def key() -> Key:
    """The key that opened this door."""
    found: Key = g.key
    return found


def shippers_by_slug(session: Session) -> dict[str, Shipper]:
    """The shippers this key may speak for, by short name."""
    mine = key().shipper_id
    known = kit().shippers(session)
    if mine is not None and mine not in known:
        kit().shippers.forget()
        known = kit().shippers(session)
    return {one.slug: one for one in known.values() if mine is None or one.id == mine}


class Owners:
    """Answers whose an item is; a shipper of another key looks like one that does not exist.

    `references` are those whose items name no shipper.
    """

    def __init__(self, session: Session, references: Iterable[str] = ()) -> None:
        self._by_slug: Mapping[str, Shipper] = shippers_by_slug(session)
        self._mine = key().shipper_id
        ids = [one.id for one in self._by_slug.values()]
        several = self._mine is None and len(ids) > 1
        self._owners = shipments.shippers_of(session, ids, references) if several else {}

    def of(self, slug: str | None, reference: str | None = None) -> Shipper | str:
        """The shipper, or the sentence that says why there is none."""
        if slug is not None:
            return self._by_slug.get(slug) or f"There is no shipper {slug!r}."
        if self._mine is not None or len(self._by_slug) == 1:
            return next(iter(self._by_slug.values()))
        known = [one for one in self._by_slug.values() if one.id in self._owners.get(reference or "", ())]
        if len(known) == 1:
            return known[0]
        if known:
            return "Several shippers have this reference; name one in `shipper`."
        if reference is not None and reference not in self._owners:
            return f"There is no shipment {reference!r}; send it first, or name its `shipper`."
        return "The operator's key needs the `shipper` of each item."
