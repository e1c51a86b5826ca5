"""The table of truth: every column of every table, whether it can hold a recipient's or neighbor's data, what becomes
of it when they are forgotten, and why what stays may stay. `tests/house/test_personal.py` lets no column be forgotten.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from portal.domain.personal import Of, Treatment

BLANK, SCRUBBED, STORY = Treatment.BLANK, Treatment.SCRUBBED, Treatment.STORY
FRESH, REPLY = Treatment.FRESH, Treatment.REPLY


@dataclass(frozen=True, slots=True)
class Held:
    """A table with personal data. `plain` are its other columns, by why they may stay.

    `goes`: whole rows are deleted. `proof`: it shows that a parcel arrived, and is kept for as long as that may be
    asked, longer than names are. `never_told`: columns that say nothing to the person and are left out of an export.
    """

    of: Of
    columns: Mapping[str, Treatment] = field(default_factory=dict)
    plain: Mapping[str, str] = field(default_factory=dict)
    goes: bool = False
    proof: bool = False
    never_told: str = ""


WHAT_HAPPENED = "what happened and when: the fact of delivery, of no one by name"
KEYS = "numbers of rows"
STAFF = "who of the staff did it"
MARK = "a fingerprint, kept so that a stop, a no or a limit still holds"

PERSONAL: Mapping[str, Held] = {
    "shipments": Held(
        Of.SELF,
        {
            "recipient_name": BLANK,
            "phone": BLANK,
            "email": BLANK,
            "channels": BLANK,
            "lines": BLANK,
            "locality": BLANK,
            "postcode": BLANK,
            "lat": BLANK,
            "lng": BLANK,
            "search_text": BLANK,
            "told": BLANK,
            "door": BLANK,
            "story": STORY,
            "link_nonce": FRESH,
        },
        {
            KEYS: "id shipper_id reference version",
            "where and how it went, no finer than a country": "service depot country timezone language restrictions",
            WHAT_HAPPENED: "status finished_at parcel_count planned_start planned_end planned_source planned_at live"
            " first_attempt_at first_attempt_ok created_at updated_at erased_at erased_how words_gone_at",
        },
        never_told="search_text told door story link_nonce version",
    ),
    "parcels": Held(
        Of.SHIPMENT,
        {},
        {"the boxes": "id shipment_id code weight_g length_mm width_mm height_mm"},
    ),
    "events": Held(
        Of.SHIPMENT,
        {"details": STORY},
        {KEYS: "id shipper_id shipment_id event_id", WHAT_HAPPENED: "happening happened_at received_at"},
    ),
    "handovers": Held(
        Of.SHIPMENT,
        {"lat": BLANK, "lng": BLANK, "signed_by": BLANK},
        {KEYS: "id shipper_id shipment_id event_id", WHAT_HAPPENED: "distance_m pin_right at"},
        proof=True,
    ),
    "files": Held(
        Of.SHIPMENT,
        {},
        {
            "its picture is erased from the disk and its row with it": "id shipper_id shipment_id event_id"
            " problem_id sort media_type size_bytes sha256 made_at expires_at"
        },
        goes=True,
        proof=True,
    ),
    "links": Held(
        Of.SHIPMENT,
        {},
        {"the link ends": "fingerprint shipment_id created_at expires_at revoked_at"},
        goes=True,
        never_told="fingerprint",
    ),
    "messages": Held(
        Of.SHIPMENT,
        {
            "to": Treatment.TO_PEOPLE,
            "subject": BLANK,
            "text": Treatment.BODY,
            "html": BLANK,
            "calendar": BLANK,
            "headers": SCRUBBED,
            "because": REPLY,
            "facts": BLANK,
            "gather_key": BLANK,
            "error_text": BLANK,
        },
        {
            KEYS: "seq id shipper_id shipment_id dedupe_key order_key instead_of provider_id",
            "what the figures count: which notice went how and when, and what it cost": "channel notice language"
            " segments not_before expires_at created_at standing stopped_by attempts resends lease_until provider"
            " error_code sent_at settled_at fallback_at cost_micros due_at",
        },
        never_told="html headers dedupe_key order_key gather_key facts lease_until cost_micros",
    ),
    "attempts": Held(
        Of.MESSAGE,
        {"text": BLANK},
        {"a call to a carrier": "message_id number worker started_at ended_at outcome code sender"},
        never_told="worker",
    ),
    "receipts": Held(
        Of.MESSAGE,
        {"text": BLANK},
        {
            "a carrier's report": "id message_id provider event_id provider_id standing word code consent at"
            " received_at"
        },
    ),
    "changes": Held(
        Of.SHIPMENT,
        {"to": SCRUBBED, "came_from": SCRUBBED, "reason": BLANK, "outcome_note": BLANK, "past": SCRUBBED},
        {
            KEYS: "id shipper_id shipment_id group_id",
            WHAT_HAPPENED: "kind life window_start window_end asked_by method asked_at expires_at if_unanswered"
            " decided_at reason_code honoured outcome_at outcome_by told_at told_how seen_at",
            STAFF: "decided_by seen_by",
        },
        never_told="decided_by seen_by",
    ),
    "change_feed": Held(
        Of.SHIPMENT,
        {"data": SCRUBBED},
        {KEYS: "id seq shipper_id shipment_id change_id", WHAT_HAPPENED: "type at"},
    ),
    "desk_answers": Held(
        Of.CHANGE,
        {"reason": BLANK},
        {
            KEYS: "change_id shipper_id",
            STAFF: "agent_id",
            WHAT_HAPPENED: "accepted reason_code given_at effective_at",
        },
        never_told="agent_id",
    ),
    "locker_bookings": Held(
        Of.CHANGE,
        {"own_code": BLANK, "code_mark": BLANK, "delegate_nonce": BLANK, "delegate_mark": BLANK},
        {
            KEYS: "change_id compartment_id",
            WHAT_HAPPENED: "released_at arrived_at until extended delegate_used_at opened_at opened_by expired_at",
        },
        never_told="own_code code_mark delegate_nonce delegate_mark",
    ),
    "slot_bookings": Held(Of.CHANGE, {}, {"a place in a round": "change_id slot_id released_at"}),
    "slot_holds": Held(Of.SHIPMENT, {}, {"a place kept for minutes": "shipment_id slot_id until"}, goes=True),
    "compartment_holds": Held(
        Of.SHIPMENT, {}, {"a compartment kept for minutes": "shipment_id compartment_id until"}, goes=True
    ),
    "neighbor_asks": Held(
        Of.SHIPMENT,
        {
            "name": BLANK,
            "house_number": BLANK,
            "contact": BLANK,
            "evidence": SCRUBBED,
            "nonce": FRESH,
            "fingerprint": FRESH,
        },
        {
            KEYS: "id shipper_id shipment_id change_id group_id",
            MARK: "neighbor",
            WHAT_HAPPENED: "channel language asked_at expires_at answer answered_at closed_at",
        },
        never_told="name house_number contact neighbor nonce fingerprint",
    ),
    "contact_changes": Held(
        Of.SHIPMENT,
        {"old": BLANK, "new": BLANK},
        {KEYS: "id shipment_id", WHAT_HAPPENED: "channel at", STAFF: "by"},
        never_told="by",
    ),
    "one_time_codes": Held(
        Of.SHIPMENT,
        {},
        {"codes are good for minutes": "id shipment_id seal sent_at expires_at tries used sent_to"},
        goes=True,
        never_told="seal sent_to",
    ),
    "proofs": Held(
        Of.SHIPMENT,
        {},
        {"a verified browser": "fingerprint shipment_id code_id expires_at"},
        goes=True,
        never_told="fingerprint code_id",
    ),
    "conversations": Held(
        Of.SHIPMENT,
        {},
        {"what a number was asked last": "sender shipment_id waits_for expires_at"},
        goes=True,
    ),
    "inbound": Held(
        Of.SHIPMENT,
        {"sender": BLANK, "text": BLANK, "became": BLANK},
        {
            KEYS: "id provider provider_id shipper_id shipment_id",
            WHAT_HAPPENED: "at understood handled_at",
            STAFF: "handled_by",
        },
        never_told="handled_by",
    ),
    "problems": Held(
        Of.SHIPMENT, {"words": BLANK}, {KEYS: "id shipper_id shipment_id", WHAT_HAPPENED: "kind at"}
    ),
    "ratings": Held(Of.SHIPMENT, {"words": BLANK}, {KEYS: "shipment_id shipper_id", "a figure": "stars at"}),
    "claims": Held(Of.SHIPMENT, {}, {WHAT_HAPPENED: "shipment_id has_it at"}),
    "page_views": Held(
        Of.SHIPMENT, {}, {"counters, not trails": "shipment_id status views first_at last_at"}
    ),
    "promises": Held(
        Of.SHIPMENT,
        {},
        {
            "the windows shown and how they held": "id shipment_id shown_at start end source level confidence because"
            " expected_at stops_before outcome delivered_at stage minutes_left origin counted uncounted_since"
        },
        never_told="origin counted uncounted_since",
    ),
    "reminders": Held(Of.SHIPMENT, {}, {WHAT_HAPPENED: "shipment_id notice due_at about done_at outcome"}),
    "stops": Held(
        Of.SHIPMENT,
        {},
        {
            "a place in a round, without its address": "id route_id seq shipment_id planned_at service_seconds"
            " done_at known_at eta_at eta_sent_at not_before not_after arrived_at left_at"
        },
        never_told="service_seconds",
    ),
    "notes": Held(
        Of.SHIPMENT,
        {"text": BLANK},
        {KEYS: "id shipment_id", STAFF: "agent", WHAT_HAPPENED: "at"},
        never_told="agent",
    ),
    "shipment_tags": Held(
        Of.SHIPMENT,
        {},
        {"agents' own words for it": "shipment_id folded shipper_id tag by at"},
        goes=True,
        never_told="folded by",
    ),
    "follow_ups": Held(
        Of.SHIPMENT,
        {"facts": SCRUBBED, "handed_words": BLANK},
        {
            KEYS: "id shipper_id shipment_id",
            WHAT_HAPPENED: "kind key opened_at due_at closed_at snoozed_until",
            STAFF: "claimed_by claimed_at handed_by closed_by",
        },
        never_told="key claimed_by claimed_at handed_by closed_by snoozed_until",
    ),
    "attentions": Held(
        Of.SHIPMENT,
        {"words": BLANK},
        {
            KEYS: "id shipper_id shipment_id event_id",
            STAFF: "by read_by",
            WHAT_HAPPENED: "at read_at ended_at ended_how",
        },
        never_told="by read_by",
    ),
    "calls": Held(
        Of.SHIPMENT,
        {"hint": BLANK, "words": BLANK},
        {KEYS: "id shipment_id", STAFF: "agent_id", WHAT_HAPPENED: "way begun_at proven_at good_until"},
        never_told="agent_id",
    ),
    "approvals": Held(
        Of.SHIPMENT,
        {
            "payload": SCRUBBED,
            "seal": BLANK,
            "shown": BLANK,
            "caller": BLANK,
            "why": BLANK,
            "reason": BLANK,
        },
        {
            KEYS: "id shipper_id shipment_id change_id",
            WHAT_HAPPENED: "kind method asked_at lapses_at standing decided_at",
            STAFF: "asked_by asked_by_id decided_by",
        },
        never_told="seal asked_by asked_by_id decided_by",
    ),
    "reveals": Held(
        Of.SHIPMENT,
        {"words": BLANK},
        {KEYS: "id shipper_id shipment_id", STAFF: "agent_id", WHAT_HAPPENED: "at until reason"},
        never_told="agent_id",
    ),
    "goodwill_gifts": Held(
        Of.SHIPMENT,
        {"why": BLANK},
        {
            KEYS: "id shipper_id shipment_id reason_id",
            "what was given, for the books": "code words hundredths unit told at taken_back_at",
            STAFF: "by taken_back_by",
        },
        never_told="by taken_back_by",
    ),
    "audit": Held(
        Of.SHIPMENT,
        {"detail": SCRUBBED},
        {KEYS: "id shipper_id shipment_id", WHAT_HAPPENED: "action at", STAFF: "actor"},
        never_told="actor",
    ),
    "erasure_pieces": Held(
        Of.SHIPMENT,
        {},
        {"that it was erased, by keyed fingerprint": "erasure_id shipment_id part mark done_at"},
        never_told="erasure_id mark",
    ),
    "opt_outs": Held(
        Of.FINGERPRINT, {}, {MARK: "id channel fingerprint at source started_at"}, never_told="id fingerprint"
    ),
    "consents": Held(
        Of.FINGERPRINT,
        {},
        {MARK: "id shipper_id channel fingerprint given source wording at recorded_at"},
        never_told="id fingerprint",
    ),
    "unreachable": Held(
        Of.FINGERPRINT,
        {},
        {"a carrier's finding": "channel fingerprint code text at until"},
        goes=True,
        never_told="fingerprint",
    ),
    "preferences": Held(
        Of.FINGERPRINT,
        {},
        {
            "what they chose": "shipper_id fingerprint channels language declined quiet_from quiet_until source"
            " updated_at"
        },
        goes=True,
        never_told="fingerprint",
    ),
    "neighbors": Held(
        Of.FINGERPRINT,
        {"hours": BLANK, "a_week": BLANK},
        {MARK: "id fingerprint blocked_at updated_at"},
        never_told="id fingerprint",
    ),
    "find_keys": Held(
        Of.SHIPMENT,
        {},
        {"what it is found by": "key shipment_id shipper_id"},
        goes=True,
        never_told="key shipment_id shipper_id",
    ),
    "find_words": Held(
        Of.WORD, {}, {"words that stand in no name any more go": "word"}, goes=True, never_told="word"
    ),
    "find_spellings": Held(
        Of.WORD, {}, {"and what they are misspelled as": "key word"}, goes=True, never_told="key word"
    ),
}

STAFFS = "of those who work here"
OWN = "the operator's and shippers' own set-up"
COUNTED = "figures, of no one"
FLEET = "vans and rounds"
ERASED = "keyed fingerprints and counters of those who were forgotten"

# Tables that hold nothing of a recipient or neighbor, by why: table, its columns.
NOT_PERSONAL: Mapping[str, tuple[str, str]] = {
    "agents": (STAFFS, "id shipper_id email name password role created_at left_at timezone sso_subject"),
    "agent_sessions": (STAFFS, "fingerprint agent_id created_at expires_at level browser seen_at proven_at"),
    "second_factors": (STAFFS, "agent_id sealed last_step made_at confirmed_at"),
    "recovery_codes": (STAFFS, "id agent_id seal used_at"),
    "quota_uses": (STAFFS, "id agent_id what at"),
    "sign_in_tries": (STAFFS, "id kind mark at"),
    "sent_forms": (STAFFS, "fingerprint made at"),
    "api_keys": (OWN, "id shipper_id label shown fingerprint scopes created_at used_at revoked_at"),
    "shippers": (OWN, "id slug name brand rules language timezone country"),
    "logos": (OWN, "shipper_id fingerprint width height body updated_at"),
    "wordings": (OWN, "shipper_id language notice part text updated_at updated_by"),
    "webhooks": (OWN, "owner shipper_id url events secret old_secret old_secret_until off_since off_because"),
    "sources": (
        OWN,
        "id shipper_id kind label fingerprint secret created_at heard_at revoked_at taken unknown unknown_last",
    ),
    "goodwill_reasons": (OWN, "id shipper_id code words hundredths unit told retired"),
    "goodwill_ceilings": (OWN, "shipper_id role unit hundredths"),
    "lockers": (
        OWN,
        "id owner key name address lat lng hours reachable hold_hours sort cell search_text wrong_codes wrong_since",
    ),
    "compartments": (OWN, "id locker_id size width_mm height_mm depth_mm count taken max_weight_g low"),
    "slots": (OWN, "id owner key zone start end capacity taken closes_at"),
    "senders": (OWN, "name channel standing code text since until free_at by_receipt"),
    "pulls": (OWN, "owner seq at"),
    "heartbeats": (OWN, "name at"),
    "work_marks": (OWN, "name at seen"),
    "message_figures": (
        COUNTED,
        "day shipper_id channel notice counts hand_off segments cost_micros counted_at",
    ),
    "window_figures": (
        COUNTED,
        "day shipper_id depot stage source level inside early late width_minutes missed_minutes widths",
    ),
    "day_figures": (COUNTED, "day shipper_id depot figure part many counted_at"),
    "spending": (COUNTED, "shipper_id month cost_micros segments held_back"),
    "spreads": (COUNTED, "id owner depot profile level spreads rounds deliveries learned_at"),
    "vans": (FLEET, "id owner name lat lng accuracy_m speed_mps heading_deg recorded_at"),
    "devices": (FLEET, "id van_id label secret made_at seen_at revoked_at"),
    "trail": (FLEET, "id van_id recorded_at received_at lat lng accuracy_m speed_mps verdict"),
    "routes": (FLEET, "id owner name van_id depot departs_at breaks finished_at memory"),
    "erasures": (ERASED, "id uid shipper_id reason case_ref asked_at asked_by counts done_at"),
    "erasure_marks": (ERASED, "erasure_id fingerprint"),
    "provider_copies": (ERASED, "provider provider_id due_at tries code parked_at"),
    "retention_marks": (ERASED, "shipper_id name at"),
}


def columns_of(table: str) -> frozenset[str]:
    """Every column that was decided about, of a table; none of a table nobody knows."""
    if held := PERSONAL.get(table):
        return frozenset((*held.columns, *" ".join(held.plain.values()).split()))
    return frozenset(NOT_PERSONAL.get(table, ("", ""))[1].split())


# How a page counts what is held; what has no name of its own is "other notes".
SAID_AS: Mapping[str, str] = {
    "shipments": "deliveries",
    "parcels": "parcels",
    "events": "events",
    "handovers": "hand-overs",
    "files": "pictures",
    "messages": "messages",
    "attempts": "tries to send",
    "receipts": "receipts",
    "changes": "wishes",
    "change_feed": "news to dispatch",
    "neighbor_asks": "questions to neighbors",
    "contact_changes": "replaced contacts",
    "inbound": "texts from them",
    "problems": "problems they reported",
    "ratings": "ratings",
    "page_views": "counts of page views",
    "promises": "windows shown",
    "notes": "notes of agents",
    "follow_ups": "matters of the work list",
    "calls": "calls",
    "approvals": "approvals",
    "audit": "entries of the audit",
}
