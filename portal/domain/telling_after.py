"""What is said to an agent of the door and after: proof and what is missing, claims, problems, ratings."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from portal.domain.handover import FAR_M, Handover, Proof
from portal.domain.problem import Problem
from portal.domain.rating import Rating
from portal.domain.telling import plain
from portal.domain.timeline import Entry, Strand, Tone

Pictures = tuple[tuple[str, str], ...]
NAMES = {Proof.PHOTO: "photo", Proof.SIGNATURE: "signature", Proof.PIN: "PIN", Proof.PLACE: "place"}
LOW = 2


def of_handovers(
    proofs: Sequence[Handover],
    pictures: Mapping[str, Pictures],
    missing: Mapping[str, Sequence[Proof]],
    places: Mapping[str, int],
) -> Iterator[Entry]:
    """What came with each event; `pictures` (name, what it is), what is `missing` and the events' `places` among all
    events, each by event id."""
    for number, proof in enumerate(proofs, 1):
        lacks, seen = missing.get(proof.event_id, ()), pictures.get(proof.event_id, ())
        yield Entry(
            at=proof.at,
            strand=Strand.DOOR,
            key=f"proof-{places.get(proof.event_id, number)}",
            title="Proof from the door",
            facts=(f"Event {proof.event_id}.", *_handover_facts(proof), *_lacks(lacks)),
            tone=Tone.BAD if proof.pin_right is False else Tone.WARN if lacks or _far(proof) else Tone.PLAIN,
            by="dispatch",
            pictures=seen,
        )


def _far(proof: Handover) -> bool:
    return proof.distance_m is not None and proof.distance_m > FAR_M


def _handover_facts(proof: Handover) -> Iterator[str]:
    if proof.pin_right is not None:
        yield "The PIN was right." if proof.pin_right else "The PIN was wrong."
    if proof.signed_by:
        yield f"Signed by {proof.signed_by}."
    if proof.distance_m is not None:
        yield f"{proof.distance_m:.0f} m from the door{': that is far' if _far(proof) else ''}."


def _lacks(missing: Sequence[Proof]) -> Iterator[str]:
    if missing:
        yield f"Wanted, but not sent: {', '.join(NAMES[one] for one in missing)}."


def of_pictures_alone(
    at: Mapping[str, datetime],
    pictures: Mapping[str, Pictures],
    missing: Mapping[str, Sequence[Proof]],
    places: Mapping[str, int],
) -> Iterator[Entry]:
    """Events with pictures, or with something missing, but without any proof beside the event; `at` by event id."""
    for number, event_id in enumerate(sorted({*pictures, *missing} & {*at}), 1):
        lacks = missing.get(event_id, ())
        if lacks or pictures.get(event_id):
            yield Entry(
                at=at[event_id],
                strand=Strand.DOOR,
                key=f"pictures-{places.get(event_id, number)}",
                title="Pictures from the door"
                if pictures.get(event_id)
                else "Proof from the door is missing",
                facts=(f"Event {event_id}.", *_lacks(lacks)),
                tone=Tone.WARN if lacks else Tone.PLAIN,
                by="dispatch",
                pictures=pictures.get(event_id, ()),
            )


def of_claim(has_it: bool, at: datetime) -> Entry:
    """What the recipient said last of having it."""
    title = (
        "The recipient says that they have it" if has_it else "The recipient says that they do not have it"
    )
    return Entry(at, Strand.DOOR, title, key="claim", tone=Tone.GOOD if has_it else Tone.BAD, by="recipient")


def of_problems(problems: Sequence[Problem], pictures: Mapping[str, Pictures]) -> Iterator[Entry]:
    """Each reported problem; `pictures` by its id."""
    for problem in problems:
        yield Entry(
            at=problem.at,
            strand=Strand.DOOR,
            key=f"problem-{problem.id}",
            title=f"Problem reported: {plain(problem.kind.value)}",
            words=problem.words,
            tone=Tone.BAD,
            by="recipient",
            pictures=pictures.get(problem.id, ()),
        )


def of_rating(rating: Rating) -> Entry:
    """The rating as it stands."""
    stars = "1 star" if rating.stars == 1 else f"{rating.stars} stars"
    tone = Tone.WARN if rating.stars <= LOW else Tone.PLAIN
    return Entry(
        rating.at, Strand.DOOR, f"Rated: {stars}", key="rating", words=rating.words, tone=tone, by="recipient"
    )
