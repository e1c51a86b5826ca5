"""Every table, gathered: migrations and checks look here."""

from portal.store import (
    agents,
    audit,
    changes,
    contacts,
    keys,
    links,
    lockers,
    outbox,
    promises,
    routes,
    shipment_rows,
    shippers,
    slots,
    webhooks,
)

MODULES = (
    agents,
    audit,
    changes,
    contacts,
    keys,
    links,
    lockers,
    outbox,
    promises,
    routes,
    shipment_rows,
    shippers,
    slots,
    webhooks,
)
