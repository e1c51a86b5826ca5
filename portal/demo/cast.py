"""Who gets what today: rounds, the people on them, their parcels, and the ones to whom something happens."""

from dataclasses import dataclass, field
from random import Random

from portal.demo import paths, people
from portal.demo.brands import FERN, NORDLICHT, Brand
from portal.demo.people import Person
from portal.demo.town import SEED, Door, Town


@dataclass(frozen=True, slots=True)
class RoundPlan:
    """A van's round; `departs` is local time, `rest` a declared break: after which stop, how many minutes.

    `days` ahead: a round of tomorrow is told today, so that there is always somebody who can still choose.
    """

    route: str
    van: str
    departs: str
    postcodes: tuple[str, ...]
    stops: int
    rest: tuple[int, int] | None = None
    days: int = 0


ROUNDS = (
    RoundPlan("R-101", "van-1", "08:05", ("00170", "00171"), 13, rest=(8, 30)),
    RoundPlan("R-102", "van-2", "08:10", ("00173", "00174"), 14, rest=(9, 30)),
    RoundPlan("R-103", "van-3", "08:15", ("00172", "00175"), 12, rest=(7, 30)),
    RoundPlan("R-201", "van-1", "12:50", ("00171", "00172"), 8),
    RoundPlan("R-202", "van-2", "14:10", ("00173", "00170"), 8),
    RoundPlan("R-301", "van-3", "16:40", ("00172", "00170", "00174"), 7),
    RoundPlan("R-401", "van-1", "09:20", ("00171", "00175"), 4, days=1),
)

# The ones the demo follows: who, on which round and place, whose parcel. The rest fill the other places.
STARS: dict[str, tuple[str, int, Brand]] = {
    "Jonas Brandt": ("R-101", 3, FERN),
    "Maria Alvarez": ("R-101", 6, FERN),
    "Theo Marchetti": ("R-101", 9, NORDLICHT),
    "Priya Raman": ("R-101", 12, FERN),
    "Eleanor Whitcomb": ("R-102", 7, NORDLICHT),
    "Samuel Okafor": ("R-102", 10, FERN),
    "Grace Lindqvist": ("R-103", 4, NORDLICHT),
    "Luis Carranza": ("R-103", 9, FERN),
    "Sabine Lorenz": ("R-202", 4, NORDLICHT),
    "Naomi Tanaka": ("R-202", 6, FERN),
    "Sofia Petrakis": ("R-103", 7, FERN),
    "Iris Fontaine": ("R-301", 3, NORDLICHT),
    "Amina Diallo": ("R-301", 5, FERN),
    "Kwame Boateng": ("R-401", 2, FERN),
    "Desmond Clarke": ("R-401", 4, NORDLICHT),
}
# For whom a second shipment of the same shop comes to the same door: changed together or apart.
TWICE = {"Kwame Boateng"}

# Weight in grams, sides in millimeters.
BOXES = (
    (900, 240, 170, 80),
    (2_400, 330, 240, 150),
    (4_800, 400, 300, 260),
    (7_500, 480, 360, 320),
)
BIG_BOX = (19_500, 1_150, 480, 420)

# Asked by the sender, by person; a signature also keeps a parcel away from neighbors and lockers.
ASKED: dict[str, dict[str, object]] = {
    "Grace Lindqvist": {"min_age": 18},
    "Theo Marchetti": {"signature": True},
    "Iris Fontaine": {"pin": True},
}
SERVICES = {"R-301": "same_day"}
# Nobody promises them a window: they choose the first one themselves.
ON_DEMAND = {"Desmond Clarke"}
# On these rounds only the people above are promised one; the others read what the planned round and the van say.
PROMISES_NOTHING = {"R-103", "R-401"}


@dataclass(frozen=True, slots=True)
class Delivery:
    """One door on one round: who waits there, for what, and how long the driver needs."""

    reference: str
    person: Person
    door: Door
    brand: Brand
    route: str
    seq: int
    boxes: tuple[tuple[int, int, int, int], ...]
    planned_seconds: int
    service_seconds: int
    service: str = "standard"
    restrictions: dict[str, object] = field(default_factory=dict)
    promised: bool = True


def cast(town: Town, seed: int = SEED) -> tuple[Delivery, ...]:
    """Every delivery of the day, round by round in driving order."""
    rng = Random(seed)
    extras = [person for person in people.everybody() if person.name not in STARS]
    rng.shuffle(extras)
    stars = {(route, seq): (people.named(name), brand) for name, (route, seq, brand) in STARS.items()}
    used: set[Door] = set()
    deliveries: list[Delivery] = []
    for plan in ROUNDS:
        for seq, door in enumerate(_doors(town, plan, used, rng), start=1):
            person, brand = stars.get((plan.route, seq)) or (
                extras.pop(),
                rng.choice((FERN, FERN, NORDLICHT)),
            )
            for _ in range(2 if person.name in TWICE else 1):
                deliveries.append(_delivery(len(deliveries), person, door, brand, plan, seq, rng))
    return tuple(deliveries)


def _doors(town: Town, plan: RoundPlan, used: set[Door], rng: Random) -> list[Door]:
    free = [door for door in town.doors if door.postcode in plan.postcodes and door not in used]
    chosen = rng.sample(free, plan.stops)
    used.update(chosen)
    return [chosen[place] for place in paths.tour(town.graph, town.depot, [door.foot for door in chosen])]


def _delivery(
    count: int, person: Person, door: Door, brand: Brand, plan: RoundPlan, seq: int, rng: Random
) -> Delivery:
    big = person.name == "Luis Carranza"
    boxes = (BIG_BOX,) if big else tuple(rng.choices(BOXES, weights=(4, 4, 2, 1), k=rng.choice((1, 1, 1, 2))))
    planned = 660 + 120 * len(boxes) + (600 if big else 0)
    return Delivery(
        reference=f"{brand.prefix}-{20411 + 7 * count}",
        person=person,
        door=door,
        brand=brand,
        route=plan.route,
        seq=seq,
        boxes=boxes,
        planned_seconds=planned,
        service_seconds=int(planned * rng.lognormvariate(0, 0.25)),
        service=_service(person, plan, big),
        restrictions=dict(ASKED.get(person.name, {})),
        promised=person.name not in ON_DEMAND
        and (plan.route not in PROMISES_NOTHING or person.name in STARS),
    )


def _service(person: Person, plan: RoundPlan, big: bool) -> str:
    if person.name in ON_DEMAND:
        return "on_demand"
    return "white_glove" if big else SERVICES.get(plan.route, "standard")
