"""The two shippers of the demo: how they look, how to reach them, what they allow."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Brand:
    """A shipper; `accent` on white has a contrast of 4.5 or more."""

    slug: str
    name: str
    prefix: str
    accent: str
    support_email: str
    support_phone: str
    sender: str
    language: str = "en"
    rules: dict[str, object] = field(default_factory=dict)

    @property
    def look(self) -> dict[str, str]:
        """The brand as the house stores it: for pages, and for messages."""
        return {
            "color": self.accent,
            "sender": self.sender,
            "support_email": self.support_email,
            "support_phone": self.support_phone,
            "support_hours": "every day, 8 am to 8 pm",
        }


FERN = Brand(
    slug="fern-kettle",
    name="Fern & Kettle",
    prefix="FK",
    accent="#1f6b4a",
    support_email="help@fern-kettle.example.com",
    support_phone="+12025550190",
    sender="FernKettle",
)

NORDLICHT = Brand(
    slug="nordlicht",
    name="Nordlicht Audio",
    prefix="NA",
    accent="#4b2e83",
    support_email="hallo@nordlicht.example.org",
    support_phone="+12025550191",
    sender="Nordlicht",
    rules={"forbids": ["neighbor"], "changes_per_shipment": 2},
)

BRANDS = (FERN, NORDLICHT)
