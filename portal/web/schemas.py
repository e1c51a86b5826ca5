"""What dispatch may send: the same models validate the bodies and make the OpenAPI document."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

from portal.domain.events import OURS, Happening, How, Reason
from portal.domain.lockers import Sort
from portal.domain.parcel import Service
from portal.web.clean import (
    as_place,
    as_proof,
    as_time,
    clean_line,
    clean_text,
    country_code,
    email_address,
    of_our_time,
    timezone_name,
)

Line = Annotated[str, AfterValidator(clean_line)]
Text = Annotated[str, AfterValidator(clean_text)]
Name = Annotated[Line, Field(min_length=1, max_length=80)]
Place = Annotated[str, BeforeValidator(as_place), Field(max_length=500, description="words, or an object")]
When = Annotated[AwareDatetime, BeforeValidator(as_time), AfterValidator(of_our_time)]
Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Millimeters = Annotated[int, Field(ge=0, le=10_000)]
PickupCode = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9-]{4,40}$",
        description="with ready_for_pickup: the locker's own code, else ours opens it",
    ),
]
Shipper = Annotated[
    Line, Field(max_length=60, description="the shipper's short name; only with the operator's key")
]


class Body(BaseModel):
    """A part of a body; fields we do not know are kept aside and answered with a warning."""

    model_config = ConfigDict(extra="allow", str_strip_whitespace=True)


class WindowIn(Body):
    """A promise: from and to, RFC 3339 with offset."""

    start: When
    end: When

    @model_validator(mode="after")
    def _possible(self) -> "WindowIn":
        if self.end <= self.start:
            raise ValueError("the window must end after it starts")
        if (self.end - self.start).total_seconds() > 7 * 86_400:
            raise ValueError("a window of more than 7 days is no promise")
        return self


class ParcelIn(Body):
    code: Name
    weight_g: int = Field(0, ge=0, le=2_000_000)
    length_mm: Millimeters = 0
    width_mm: Millimeters = 0
    height_mm: Millimeters = 0


class AgreedIn(Body):
    """What somebody said: yes or no, when, where (such as `checkout`), and to which words."""

    given: bool
    at: When
    source: Annotated[Line, Field(min_length=1, max_length=60)]
    wording: Annotated[Text, Field(max_length=500)] | None = None


class ConsentIn(Body):
    """Texts to some countries need it; a no counts everywhere."""

    sms: AgreedIn


class RecipientIn(Body):
    name: Annotated[Line, Field(min_length=1, max_length=120)]
    phone: Annotated[Line, Field(max_length=40)] | None = None
    email: Annotated[str, AfterValidator(email_address), Field(max_length=254)] | None = None
    language: Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=12)] | None = (
        None
    )
    channels: list[Literal["sms", "email"]] | None = None
    consent: ConsentIn | None = None


class AddressIn(Body):
    lines: list[Annotated[Line, Field(max_length=120)]] = Field(min_length=1, max_length=5)
    locality: Annotated[Line, Field(min_length=1, max_length=120)]
    postcode: Annotated[Line, Field(max_length=20)]
    country: Annotated[str, AfterValidator(country_code)]
    lat: Latitude | None = None
    lng: Longitude | None = None
    timezone: Annotated[str, AfterValidator(timezone_name)] | None = None

    @model_validator(mode="after")
    def _both(self) -> "AddressIn":
        if (self.lat is None) != (self.lng is None):
            raise ValueError("lat and lng come together")
        return self


class RestrictionsIn(Body):
    """false forbids the change, true allows it, absent leaves it to the shipper's rules."""

    neighbor: bool | None = None
    locker: bool | None = None
    safe_place: bool | None = None
    new_window: bool | None = None
    hold: bool | None = None
    instructions: bool | None = None
    address_correction: bool | None = None
    high_value: bool = False
    signature: bool = False
    min_age: int = Field(0, ge=0, le=99)
    pin: bool = False


class ShipmentIn(Body):
    reference: Name
    shipper: Shipper | None = None
    service: Service = Service.STANDARD
    parcels: list[ParcelIn] = Field(default_factory=list, max_length=200)
    recipient: RecipientIn
    address: AddressIn
    window: WindowIn | None = None
    depot: Annotated[Line, Field(max_length=80)] = ""
    restrictions: RestrictionsIn = Field(default_factory=RestrictionsIn)


class StopIn(Body):
    seq: int = Field(ge=0, le=1_000_000)
    shipment: Name
    shipper: Shipper | None = None
    planned_at: When | None = None
    service_seconds: int | None = Field(None, ge=0, le=86_400)
    eta_at: When | None = Field(None, description="your own live estimate of when this door is served")
    eta_sent_at: When | None = Field(None, description="when that estimate was made; absent: now")
    not_before: When | None = Field(None, description="the door is not served earlier: the van waits")
    not_after: When | None = Field(None, description="the door is to be served by then")

    @model_validator(mode="after")
    def _possible(self) -> "StopIn":
        if self.not_before and self.not_after and self.not_after <= self.not_before:
            raise ValueError("not_after must be later than not_before")
        return self


class BreakIn(Body):
    after_seq: int = Field(ge=0, le=1_000_000)
    minutes: int = Field(ge=1, le=600)
    started_at: When | None = Field(None, description="once the driver has begun it; it counts from then")


class RouteIn(Body):
    route: Name
    van: Name
    depot: Annotated[Line, Field(max_length=80)] = ""
    departs_at: When
    stops: list[StopIn] = Field(max_length=2_000)
    breaks: list[BreakIn] = Field(default_factory=list, max_length=50)


class ProofIn(Body):
    """What the driver's device shows of a hand-over. The PIN is as the driver typed it; it is not kept."""

    pin: Annotated[Line, Field(max_length=20)] | None = None
    signed_by: Annotated[Line, Field(max_length=120)] | None = None
    lat: Latitude | None = None
    lng: Longitude | None = None
    note: Place | None = None

    @model_validator(mode="after")
    def _both(self) -> "ProofIn":
        if (self.lat is None) != (self.lng is None):
            raise ValueError("lat and lng come together")
        return self


ProofOfEvent = Annotated[
    ProofIn,
    BeforeValidator(as_proof, json_schema_input_type=Place | ProofIn),
    Field(description="words, or what the driver's device shows"),
]


class EventIn(Body):
    event_id: Annotated[Line, Field(min_length=1, max_length=120)]
    shipment: Name
    shipper: Shipper | None = None
    happening: Happening
    happened_at: When
    reason: Reason | None = None
    how: How | None = None
    place: Place | None = None
    proof: ProofOfEvent | None = None
    note: Annotated[Text, Field(max_length=1_000)] | None = None
    corrects: Annotated[Line, Field(max_length=120)] | None = None
    pickup_code: PickupCode | None = None

    @model_validator(mode="after")
    def _not_itself(self) -> "EventIn":
        if self.event_id.startswith(OURS):
            raise ValueError(f"ids that begin with {OURS} are the portal's own")
        if self.corrects and self.corrects == self.event_id:
            raise ValueError("an event cannot correct itself; send a new event_id")
        return self


class PositionIn(Body):
    van: Name
    lat: Latitude
    lng: Longitude
    recorded_at: When
    accuracy_m: float | None = Field(None, ge=0, le=100_000, allow_inf_nan=False)
    speed_mps: float | None = Field(None, ge=0, le=200, allow_inf_nan=False)
    heading_deg: float | None = Field(None, ge=0, le=360, allow_inf_nan=False)


class SlotIn(Body):
    slot: Name
    zone: Annotated[Line, Field(max_length=80)]
    start: When
    end: When
    capacity: int = Field(ge=0, le=100_000)
    closes_at: When

    @model_validator(mode="after")
    def _possible(self) -> "SlotIn":
        if self.end <= self.start:
            raise ValueError("the slot must end after it starts")
        return self


class CompartmentIn(Body):
    size: Annotated[Line, Field(min_length=1, max_length=20)]
    width_mm: Millimeters
    height_mm: Millimeters
    depth_mm: Millimeters
    count: int = Field(ge=0, le=10_000)
    max_weight_g: int = Field(0, ge=0, le=10_000_000, description="what it carries; 0: no limit")
    low: bool = Field(False, description="reached without lifting, also from a wheelchair")


class LockerIn(Body):
    locker: Name
    name: Annotated[Line, Field(min_length=1, max_length=120)]
    address: Annotated[str, BeforeValidator(as_place), AfterValidator(clean_line), Field(max_length=250)]
    lat: Latitude
    lng: Longitude
    hours: Annotated[str, BeforeValidator(as_place), AfterValidator(clean_line), Field(max_length=250)] = ""
    reachable: bool = False
    compartments: list[CompartmentIn] = Field(min_length=1, max_length=20)
    hold_hours: int = Field(72, ge=1, le=24 * 60)
    sort: Sort = Sort.LOCKER


class OpenIn(Body):
    code: Annotated[str, Field(min_length=1, max_length=40), AfterValidator(clean_line)]


class OpenedOut(BaseModel):
    """Which compartment opens; `shipper` is the shipment's, by its short name."""

    shipment: str
    shipper: str
    size: str
    by: Literal["recipient", "delegate"]


class DecisionIn(Body):
    decision: Literal["accepted", "refused"]
    reason_code: Annotated[Line, Field(max_length=60)] | None = None
    reason: Annotated[Text, Field(max_length=500)] | None = None
    window: WindowIn | None = None


class SeenIn(Body):
    """Who is at the wheel, as the carrier names them, and when it was seen; absent: now."""

    driver: Annotated[Line, Field(max_length=80)] | None = None
    at: When | None = None


class ReadIn(Body):
    """Who at dispatch has read it; absent: nobody is named."""

    by: Annotated[Line, Field(max_length=80)] | None = None


class OutcomeIn(Body):
    honoured: bool
    note: Annotated[Text, Field(max_length=500)] | None = None
    proof: Place | None = None


class WebhookIn(Body):
    url: Annotated[str, Field(min_length=1, max_length=2_000)]
    events: list[Annotated[str, Field(max_length=60)]] = Field(default_factory=list, max_length=20)
    secret: Annotated[str, Field(pattern=r"^whsec_[A-Za-z0-9+/=]{32,100}$")] | None = None


class EpcisIn(Body):
    """An EPCIS 2.0 document; of its events, ObjectEvents are taken."""

    type: Literal["EPCISDocument"]
    epcisBody: dict[str, Any]


class EpcisResult(BaseModel):
    """The outcome of one object of one event."""

    object: str | None = None
    outcome: Literal["taken", "seen", "ignored", "rejected"]
    because: str | None = None


class EpcisOut(BaseModel):
    results: list[EpcisResult]


class ErrorOut(BaseModel):
    """Which field, and what would be right."""

    pointer: str
    detail: str


class ShipmentResult(BaseModel):
    reference: str | None = None
    outcome: Literal["created", "updated", "unchanged", "erased", "rejected"]
    id: int | None = None
    link: str | None = None
    because: str | None = None
    errors: list[ErrorOut] | None = None
    warnings: list[str] | None = None


class EventResult(BaseModel):
    event_id: str | None = None
    outcome: Literal["taken", "seen", "ignored", "rejected"]
    pin: Literal["right", "wrong"] | None = Field(None, description="only where a PIN is wanted and was sent")
    because: str | None = None
    errors: list[ErrorOut] | None = None
    warnings: list[str] | None = None


class ProofUpload(BaseModel):
    """A picture from the door, as `multipart/form-data`: JPEG, PNG or WebP, at most 5 MB."""

    shipment: Name
    event_id: Annotated[Line, Field(min_length=1, max_length=120)]
    sort: Literal["photo", "signature"]
    shipper: Shipper | None = None
    file: Annotated[bytes, Field(json_schema_extra={"format": "binary"})]


class ProofResult(BaseModel):
    """The outcome of a picture; `expires_at` is when it is erased."""

    event_id: str
    sort: Literal["photo", "signature"]
    outcome: Literal["taken", "seen"]
    expires_at: datetime


class NamedResult(BaseModel):
    """The outcome of a route, position, slot or locker."""

    route: str | None = None
    van: str | None = None
    slot: str | None = None
    locker: str | None = None
    outcome: Literal["created", "updated", "unchanged", "taken", "ignored", "rejected"]
    because: str | None = None
    errors: list[ErrorOut] | None = None
    warnings: list[str] | None = None


class WindowOut(BaseModel):
    start: datetime
    end: datetime
    source: str
    confidence: str | None = None
    level: int | None = None
    updated_at: datetime


class EstimateOut(BaseModel):
    """Your own last estimate for this stop; `weight` is how much of the live window follows it now, 0 to 1."""

    at: datetime
    sent_at: datetime
    weight: float
    because: str | None = Field(None, description="why it does not count")


class TimelineOut(BaseModel):
    event_id: str
    happening: Happening
    happened_at: datetime
    reason: Reason | None = None
    how: How | None = None
    place: str | None = None
    proof: str | None = None
    note: str | None = None
    corrects: str | None = None
    parent: dict[str, str] = Field(description="the same in the words of aftership, easypost and karrio")


class ShipmentOut(BaseModel):
    reference: str
    shipper: str
    service: Service
    status: str
    finished: bool
    how: How | None = None
    window: dict[str, WindowOut | None]
    your_estimate: EstimateOut | None = None
    timeline: list[TimelineOut]
    changes: list[dict[str, Any]]
    version: int


class ChangeOut(BaseModel):
    """One entry of the feed; `data` as in the webhook of the same type."""

    seq: int
    type: str
    timestamp: datetime
    data: dict[str, Any]


class ChangesOut(BaseModel):
    changes: list[ChangeOut]
    next: int


class DecisionOut(BaseModel):
    change_id: str
    state: str
    seen_at: datetime | None = None
    honoured: bool | None = None


class AttentionOut(BaseModel):
    attention_id: str
    state: str = Field(description="waiting, read, taken_back or corrected")
    read_at: datetime | None = None
    read_by: str | None = None


class WebhookOut(BaseModel):
    url: str
    events: list[str]
    secret: str | None = Field(None, description="only in the answer that sets it")
    active: bool


class DeliveryOut(BaseModel):
    """A call to the endpoint and what came of it."""

    id: str
    seq: int | None = Field(None, description="of its entry in the feed")
    type: str
    state: str
    attempts: int
    created_at: datetime
    sent_at: datetime | None
    next_at: datetime | None = Field(None, description="when it is tried again")
    pulled: bool = Field(
        description="dispatch has read its entry by GET /changes: nobody waits for this call"
    )
    error: str | None


class DeliveriesOut(BaseModel):
    deliveries: list[DeliveryOut]
    next: str | None = Field(None, description="ask with `before=` this for older ones; null: there are none")


class ReplayOut(BaseModel):
    id: str
    state: Literal["queued"]


class Problem(BaseModel):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[ErrorOut] | None = None
    limit_items: int | None = Field(None, description="with 413: how many items a call may have")
    limit_bytes: int | None = Field(None, description="with 413: how large a body may be")
    state: str | None = Field(None, description="with 409: where the change stands")
