"""The quarters of Alderquay, a town that is nowhere: where each lies and what its streets are called."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Quarter:
    """A patch of streets; its middle in meters from the market square, turned by degrees."""

    key: str
    name: str
    postcode: str
    middle: tuple[float, float]
    turn_deg: float
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    row_gap_m: float = 165.0
    column_gap_m: float = 195.0


QUARTERS = (
    Quarter(
        "orchard",
        "Orchard Hill",
        "00171",
        (120, 1430),
        8,
        (
            "Quince Street",
            "Damson Street",
            "Medlar Lane",
            "Russet Street",
            "Orchard Hill Road",
            "Bramley Lane",
        ),
        ("Pippin Lane", "Cider Press Lane", "Blossom Walk", "Beehive Lane", "Ladder Lane", "Hayloft Lane"),
    ),
    Quarter(
        "heron",
        "Heron Shore",
        "00172",
        (1530, 430),
        -14,
        (
            "Heron Street",
            "Kingfisher Street",
            "Plover Lane",
            "Sandpiper Street",
            "Avocet Lane",
            "Lapwing Street",
        ),
        ("Ferryman Lane", "Reed Walk", "Osprey Lane", "Dragonfly Walk", "Willow Landing", "Cattail Walk"),
    ),
    Quarter(
        "mill",
        "Mill Quarter",
        "00173",
        (-1640, -330),
        20,
        (
            "Mill Street",
            "Weaver Street",
            "Cooper Lane",
            "Tinker Street",
            "Candlemaker Lane",
            "Glassblower Lane",
        ),
        ("Bobbin Lane", "Flax Walk", "Millstone Lane", "Spindle Lane", "Saddler Lane", "Loom Lane"),
    ),
    Quarter(
        "garden",
        "Gardens South",
        "00174",
        (-420, -1570),
        -6,
        (
            "Larkspur Street",
            "Foxglove Street",
            "Sweetbriar Lane",
            "Tansy Street",
            "Yarrow Lane",
            "Marigold Street",
        ),
        ("Bluebell Walk", "Primrose Lane", "Honeysuckle Lane", "Lavender Walk", "Clover Lane", "Violet Walk"),
    ),
    Quarter(
        "wharf",
        "Lantern Wharf",
        "00175",
        (1130, -1390),
        12,
        (
            "Lantern Street",
            "Anchor Street",
            "Sailmaker Lane",
            "Compass Street",
            "Tidewater Lane",
            "Beacon Street",
        ),
        ("Rope Walk", "Net Loft Lane", "Mooring Lane", "Gangway Lane", "Barnacle Lane", "Lighthouse Lane"),
    ),
)

OLD_TOWN_POSTCODE = "00170"
OLD_TOWN_RING = "Town Ring"
OLD_TOWN_INNER = "Market Row"
OLD_TOWN_SPOKES = (
    "Main Street",
    "Clockmaker Lane",
    "Church Lane",
    "Bookbinder Lane",
    "West Main Street",
    "Almond Lane",
    "Bridge Street",
    "Lamplighter Lane",
)

# The river comes from the northwest, bends round the old town and leaves to the east.
RIVER = (
    (-8000, 2600),
    (-4200, 1750),
    (-2500, 1250),
    (-1500, 900),
    (-980, 330),
    (-800, -380),
    (-250, -790),
    (480, -800),
    (1150, -480),
    (1900, -340),
    (2900, -420),
    (4400, -620),
    (8000, -900),
)
RIVER_WIDTH_M = 110.0

# Green: middle, half axes in meters.
GREENS = (
    ((-760, 1000), (300, 230)),
    ((860, 130), (130, 330)),
    ((-1370, -1180), (270, 190)),
    ((1130, 1330), (330, 290)),
    ((350, -1180), (160, 250)),
)

DEPOT = (2150.0, -950.0)
DEPOT_ROAD = "Depot Road"
