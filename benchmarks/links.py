"""The pages the benchmarks look at: shipments on a van, by the links their recipients hold."""

from benchmarks import databases, seeds
from portal.store import shippers

MOST = 2_000


def on_vans(url: str, count: int) -> list[str]:
    """Paths of at most 2,000 pages of shipments out for delivery, spread over the whole database."""
    database = databases.house(url)
    with database.reading() as session:
        brands = sorted(shippers.everyone(session).values(), key=lambda brand: brand.id)
    database.engine.dispose()
    found = [f"/t/{door.link}" for door in seeds.doors(count, brands) if seeds.live(door)]
    return found[:: max(1, len(found) // MOST)][:MOST]
