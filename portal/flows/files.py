"""Pictures are kept with their rows, erased when their time is over, and swept up when no row knows them."""

from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from sqlalchemy.orm import Session

from portal.domain.delivery import Shipment
from portal.domain.pictures import KEPT_AS, Sort
from portal.flows.pictures import Picture
from portal.store import files
from portal.store.drawer import Drawer, new_name
from portal.store.files import File

# Whoever writes a file now will have its row committed by then.
ROWS_FOLLOW_WITHIN = timedelta(hours=1)
AT_ONCE = 200


class House(Protocol):
    """What tidying needs of the kit."""

    @property
    def drawer(self) -> Drawer: ...
    def now(self) -> datetime: ...
    def transaction(self) -> AbstractContextManager[Session]: ...
    def reading(self) -> AbstractContextManager[Session]: ...


def keep(
    session: Session,
    drawer: Drawer,
    shipment: Shipment,
    sort: Sort,
    picture: Picture,
    now: datetime,
    days: int,
    *,
    event_id: str = "",
    problem_id: str = "",
) -> File:
    """Keep a picture for so many days. Its file is written first: one without a row is swept up, a row without
    its file would be a promise."""
    kept = File(
        id=new_name(),
        shipper_id=shipment.shipper_id,
        shipment_id=shipment.id,
        event_id=event_id,
        problem_id=problem_id,
        sort=sort,
        media_type=KEPT_AS,
        size_bytes=len(picture.body),
        sha256=picture.sha256,
        made_at=now,
        expires_at=now + timedelta(days=days),
    )
    drawer.put(kept.shipper_id, kept.id, picture.body)
    files.add(session, kept)
    return kept


def tidy(house: House) -> int:
    """Erase the pictures whose time is over, files first; how many."""
    erased = 0
    while over := _over(house):
        for file in over:
            house.drawer.erase(file.shipper_id, file.id)
        with house.transaction() as session:
            files.forget(session, (file.id for file in over))
        erased += len(over)
    return erased


def _over(house: House) -> list[File]:
    with house.reading() as session:
        return files.expired(session, house.now())


def sweep(house: House, real_now: datetime) -> int:
    """Erase files that no row knows: left by a crash, or by a shipment that was erased; how many.

    Files are as old as the wall's clock says, also where a day is played faster.
    """
    found: list[tuple[Path, str]] = []
    swept = 0
    for orphan in house.drawer.older_than((real_now - ROWS_FOLLOW_WITHIN).timestamp()):
        found.append(orphan)
        if len(found) == AT_ONCE:
            swept += _swept(house, found)
            found = []
    return swept + _swept(house, found)


def _swept(house: House, found: list[tuple[Path, str]]) -> int:
    with house.reading() as session:
        known = files.known(session, {name for _, name in found})
    lost = [path for path, name in found if name not in known or path.name != name]
    for path in lost:
        path.unlink(missing_ok=True)
    return len(lost)
