"""The five people a stranger can be, and a few more of whom the day has something to tell."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Role:
    """Somebody one can be; `pick` near: whoever's van is near, waiting: who of `names` can still choose."""

    story: str
    names: tuple[str, ...] = ()
    title: str = ""
    pick: str = ""


CARDS = (
    Role(
        "The map shows it coming, and the window narrows with every stop.",
        title="The van is near",
        pick="near",
    ),
    Role(
        "Choose a neighbor, a locker or another time, and see what dispatch says.",
        ("Amina Diallo", "Kwame Boateng"),
        title="Not home when it comes",
        pick="waiting",
    ),
    Role(
        "Shortly before 9 am nobody opens; an hour later it waits in a locker. He reads German.",
        ("Jonas Brandt",),
        title="Nobody was home",
    ),
    Role(
        "At 9:06 am somebody scans the wrong parcel. At 9:34 am it is put right, and she is told.",
        ("Eleanor Whitcomb",),
        title="Delivered, or was it?",
    ),
    Role(
        "From 9:52 am it stands still. He hears why, and his window moves.",
        ("Samuel Okafor",),
        title="The van has a flat tire",
    ),
)

ALSO = (
    Role("asked for a neighbor, who says yes on her own page", ("Priya Raman",)),
    Role("asked for the porch, and the driver does not do it: see what she is told", ("Sofia Petrakis",)),
    Role("has two parcels for one door tomorrow: change both or one of them", ("Kwame Boateng",)),
    Role("ordered on demand, and chooses the first window himself", ("Desmond Clarke",)),
    Role("gets it only with a number that her page shows her", ("Iris Fontaine",)),
    Role("asked for a locker too far away, and gets a reason", ("Naomi Tanaka",)),
    Role("was next, until the driver was called away", ("Theo Marchetti",)),
    Role("missed the driver and takes the parcel from a locker in the afternoon", ("Clara Winslow",)),
    Role("does not want the parcel any more", ("Oscar Delgado",)),
    Role("has to show an ID: 18 or older", ("Grace Lindqvist",)),
    Role("waits for something too big for any locker, and reads Spanish", ("Luis Carranza",)),
    Role("orders where neighbors are not allowed, and reads German", ("Sabine Lorenz",)),
)
