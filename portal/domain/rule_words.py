"""What each rule of a shipper means, in words: its label, and what it changes for recipients and dispatch."""

# By name; a family's words stand under its own name, and its parts' under theirs where they need some.
WORDS: dict[str, tuple[str, str]] = {
    "forbids": ("Changes that are not offered", "Recipients never see these choices."),
    "at_once": (
        "Changes agreed to at once",
        "Dispatch is told, and not asked.",
    ),
    "if_unanswered": ("When dispatch says nothing", "What becomes of a change that nobody answered in time."),
    "answer_minutes": ("Minutes to answer a change", "0: as the operator has it (ANSWER_MINUTES)."),
    "changes_per_shipment": (
        "Changes of one delivery",
        "How often it may be changed; instructions do not count.",
    ),
    "neighbor_minutes": (
        "Minutes for a neighbor to answer",
        "Then the question is over, and dispatch is not asked.",
    ),
    "hold_days": ("Days a delivery may be held", "The longest that a recipient can have it kept."),
    "extend_hours": ("Hours more at a locker", "How much longer a parcel may wait there, once; 0: never."),
    "keep_days": ("Days to choose after a failed attempt", "Then the parcel goes back."),
    "overflow_m": (
        "Meters to another locker",
        "How far another one may be when the chosen one is full; 0: never.",
    ),
    "late_minutes": (
        "Queue: minutes late",
        "How long after a window's end the van may be expected before agents look.",
    ),
    "stalled_hours": ("Queue: hours of silence", "How long nothing may be heard of what should move."),
    "unanswered_percent": (
        "Queue: unanswered, in percent",
        "How much of its time a change may wait for dispatch.",
    ),
    "pickup_hours": ("Queue: hours left at a locker", "How long before a stay ends agents look after it."),
    "far_m": ("Queue: meters from the door", "How far from its door a parcel may be handed over."),
    "level": ("Windows in 100 that hold", "80 makes windows narrower, 90 makes them hold more often."),
    "embed_origins": (
        "Shops that may show the delivery",
        "Whose pages may have it in a frame.",
    ),
    "notice_minutes": ("Notice in minutes", "How long before the window this is no longer taken."),
    "notice_stops": ("Notice in stops", "How many stops before the door this is no longer taken."),
    "map": ("Map", "When recipients see it; never nearer than these bounds."),
    "map.van": ("Map: the van", "From when on the van is shown, roughly."),
    "map.stops_left": ("Map: stops left", "From when on the number of stops before the door is said."),
    "map.minutes": ("Map: minutes left", "From when on the minutes are said."),
    "map.route_ahead": ("Map: the way ahead", "From when on the way from the van to this door is drawn."),
    "map.blur_m": ("Map: how roughly, in meters", "The size of the cell in which the van is shown."),
    "map.near_blur_m": ("Map: how roughly when near, in meters", "The same once this door is next and near."),
    "map.near_m": ("Map: what is near, in meters", "0: the van is never shown more exactly."),
    "keep": ("Keeping", "How long what is known of people is kept."),
    "keep.messages_days": (
        "Keep: messages, in days",
        "Their words and numbers, from the end of the delivery.",
    ),
    "keep.contacts_days": (
        "Keep: names and contacts, in days",
        "Whatever names somebody, from the end of the delivery.",
    ),
    "keep.proof_days": (
        "Keep: proof, in days",
        "Pictures, places and signers of hand-overs; 0: as the house does.",
    ),
    "keep.webhooks_days": ("Keep: webhooks, in days", "The bodies of calls to dispatch."),
    "keep.audit_months": ("Keep: the audit, in months", "Who of the staff looked at or did what."),
    "keep.provider_copies": (
        "Keep: copies at the SMS provider",
        "1: it is asked to erase them with our own; 0: its own rules count.",
    ),
}


GROUPS = {
    "notice_minutes": "Notice",
    "notice_stops": "Notice",
    "map": "Map",
    "keep": "How long things are kept",
}
QUEUE = "Work queue"
REST = "Changes and windows"


def group(name: str) -> str:
    """Under which heading a rule stands."""
    if label(name).startswith("Queue:"):
        return QUEUE
    return GROUPS.get(name.partition(".")[0], REST)


def label(name: str) -> str:
    """What people call a rule; its own name in plain letters where nobody wrote another."""
    family, dot, part = name.partition(".")
    if name in WORDS:
        return WORDS[name][0]
    if dot and family in WORDS:
        return f"{WORDS[family][0]}: {_plain(part)}"
    return _plain(name).capitalize()


def meaning(name: str) -> str:
    """What a rule changes, in a sentence; empty where nobody wrote one."""
    return WORDS.get(name, WORDS.get(name.partition(".")[0], ("", "")))[1]


def _plain(name: str) -> str:
    return name.replace("_", " ").replace(".", ": ")
