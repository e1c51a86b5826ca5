"""The five people a stranger can be, and a few more of whom the day has something to tell."""

from typing import Any

# `pick` near: whoever's van is near at the moment, from all people; else the person named.
CARDS: tuple[dict[str, Any], ...] = (
    {
        "pick": "near",
        "title": "The van is near",
        "story": "The map shows it coming, and the window narrows with every stop.",
    },
    {
        "name": "Amina Diallo",
        "title": "Not home this evening",
        "story": "Choose a neighbor, a locker or another time, and see what dispatch says.",
    },
    {
        "name": "Jonas Brandt",
        "title": "Nobody was home",
        "story": "At about 8:50 am nobody opens; an hour later it waits in a locker. He reads German.",
    },
    {
        "name": "Eleanor Whitcomb",
        "title": "Delivered, or was it?",
        "story": "At 9:06 am somebody scans the wrong parcel. At 9:34 am it is put right, and she is told.",
    },
    {
        "name": "Samuel Okafor",
        "title": "The van has a flat tire",
        "story": "From 9:52 am it stands still. He hears why, and his window moves.",
    },
)

ALSO: tuple[dict[str, str], ...] = (
    {"name": "Priya Raman", "story": "asked for a neighbor, and gets it"},
    {"name": "Naomi Tanaka", "story": "asked for a locker too far away, and gets a reason"},
    {"name": "Theo Marchetti", "story": "was next, until the driver was called away"},
    {
        "name": "Clara Winslow",
        "story": "missed the driver and takes the parcel from a locker in the afternoon",
    },
    {"name": "Oscar Delgado", "story": "does not want the parcel any more"},
    {"name": "Grace Lindqvist", "story": "has to show an ID: 18 or older"},
    {"name": "Luis Carranza", "story": "waits for something too big for any locker"},
    {"name": "Sabine Lorenz", "story": "orders where neighbors are not allowed, and reads German"},
)
