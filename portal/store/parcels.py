"""Which shipment a parcel's code belongs to: the newest that bears it, since carriers use codes again."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.store.shipment_rows import ParcelRow, ShipmentRow

AT_ONCE = 500


def references(session: Session, shipper_id: int, codes: Collection[str]) -> dict[str, str]:
    """The reference of the newest shipment with a parcel of each code, within a shipper's scope."""
    found: dict[str, str] = {}
    wanted = sorted(codes)
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        query = (
            select(ParcelRow.code, ShipmentRow.reference)
            .join(ShipmentRow, ShipmentRow.id == ParcelRow.shipment_id)
            .where(ParcelRow.code.in_(some), ShipmentRow.shipper_id == shipper_id)
            .order_by(ShipmentRow.id)
        )
        found |= {row.code: row.reference for row in session.execute(query)}
    return found
