"""How a stop ends: handed over to somebody, or not, and why. A table of people and a few usual cases."""

from dataclasses import dataclass
from random import Random

from portal.demo.cast import Delivery

# The words are those of the dispatch API; this file knows nothing of the portal's own.


@dataclass(frozen=True, slots=True)
class Ending:
    """What the driver reports when the door is done."""

    happening: str = "delivered"
    how: str = ""
    place: str = ""
    reason: str = ""
    note: str = ""
    proof: str = ""


NOBODY_HOME = Ending(
    "attempt_failed", reason="consignee_not_home", note="Rang twice, nobody answered. Card left."
)

USUAL = (
    (Ending(how="recipient", proof="signature"), 62),
    (Ending(how="household", proof="signature"), 18),
    (Ending(how="mailbox", proof="photo", place="mailbox"), 9),
    (Ending(how="reception", proof="signature", place="front desk"), 5),
)

PECULIAR = {
    "Jonas Brandt": NOBODY_HOME,
    "Maria Alvarez": Ending(how="recipient", proof="signature"),
    "Samuel Okafor": Ending(how="household", proof="signature"),
    "Grace Lindqvist": Ending(how="recipient", proof="signature", note="Age checked at the door."),
    "Luis Carranza": Ending(
        how="recipient", proof="signature", note="Carried to the second floor, two drivers."
    ),
    "Hazel Brightwell": Ending(how="safe_place", proof="photo", place="behind the blue planter"),
    "Ruth Goldstein": Ending(how="safe_place", proof="photo", place="in the porch, dry"),
    "Oscar Delgado": Ending(
        "attempt_failed", reason="consignee_refused", note="Ordered twice, does not want it."
    ),
    "Emil Hartmann": Ending(how="safe_place", proof="photo", place="garden shed"),
    "Clara Winslow": NOBODY_HOME,
    "Sofia Petrakis": Ending(how="household", proof="signature"),
    "Iris Fontaine": Ending(how="recipient", proof="signature", note="The number at the door was right."),
}

# What follows on its own: the same parcel waits in this locker (its place in places.STATIONS), or goes back.
NEXT_LOCKER = {"Jonas Brandt": 0, "Clara Winslow": 1}
GOES_BACK = {"Oscar Delgado"}


def ending(delivery: Delivery) -> Ending:
    """How this stop ends when nobody asked for a change; the same every time."""
    if delivery.person.name in PECULIAR:
        return PECULIAR[delivery.person.name]
    rng = Random(delivery.reference)
    return rng.choices([case for case, _ in USUAL], weights=[weight for _, weight in USUAL])[0]
