"""Every table, gathered: whoever imports this knows them all, as migrations and checks must."""

from portal.store import (  # noqa: F401
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
