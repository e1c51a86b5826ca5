"""A recipient with a phone: asks for a change with the page's own forms, and reads the code that arrives."""

from collections.abc import Mapping

LOOKS_FOR_CODE = 20


class Phone:
    """The phones of the town; `links` by reference fill up as the portal tells them."""

    def __init__(self, address: str, links: Mapping[str, str]) -> None:
        self.address = address
        self.links = links

    def ask(self, reference: str, wish: str) -> str:
        """Ask for a wish such as `neighbor` or `locker:L-GARDEN`; an empty string, or what went wrong."""
        return "the page has no form for it yet"
