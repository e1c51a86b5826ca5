"""A shipper's own short words on a shipment: what one may be, and when two are the same."""

LONGEST_TAG = 30
MOST_TAGS = 12


def folded(tag: str) -> str:
    """What makes two tags the same: neither case nor spaces do."""
    return " ".join(tag.split()).casefold()[: LONGEST_TAG * 2]


def why_not(tag: str, there: int) -> str:
    """Why this cannot become a tag of a shipment that has so many; empty when it can."""
    if not tag:
        return "Please write a word or two first."
    if len(tag) > LONGEST_TAG:
        return f"A tag has at most {LONGEST_TAG} characters; a note may say more."
    if there >= MOST_TAGS:
        return f"A shipment has at most {MOST_TAGS} tags. Please remove one first."
    return ""
