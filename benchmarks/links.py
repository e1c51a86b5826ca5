"""The pages the benchmarks look at: shipments on a van, by the links their recipients hold."""

from benchmarks import databases, seeds
from portal.store import shippers


def on_vans(url: str, count: int, most: int = 0) -> list[str]:
    """Paths of the pages of shipments out for delivery, spread over the database; all, or at most `most`."""
    database = databases.house(url)
    with database.reading() as session:
        brands = sorted(shippers.everyone(session).values(), key=lambda brand: brand.id)
    database.engine.dispose()
    found = [f"/t/{door.link}" for door in seeds.doors(count, brands) if seeds.live(door)]
    return found[:: max(1, len(found) // most)][:most] if most else found
