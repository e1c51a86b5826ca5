"""An agent finds a shipment from whatever the caller knows, and only within their own shipper."""

import pytest

from portal.domain.clue import read
from portal.flows.search import MOST, search
from tests.office import Office


@pytest.fixture
def office(app, clock) -> Office:
    office = Office(app, clock)
    office.pax, office.lumen = office.shop("pax", "Pax Möbel"), office.shop("lumen", "Lumen Books")
    office.ann = office.agent("ann@example.com")
    office.jurgen = office.shipment(office.pax, "PX-2041", codes=("PC 77 8120",))
    office.maria = office.shipment(
        office.lumen,
        "LB-7",
        "Maria O'Leary",
        "+4930901820",
        "maria@example.org",
        ("Mehringdamm 4", "2nd floor"),
        "10961",
        codes=("LB000007",),
    )
    return office


def found(office: Office, typed: str, agent=None) -> list[str]:
    with office.kit.reading() as session:
        answer = search(
            session, agent or office.ann, office.kit.shippers(session), typed, office.kit.voice.secret
        )
    return [hit.found.reference for hit in answer.hits]


SPELLINGS = (
    "PX-2041",
    "px-2041",
    "PX-20",
    "PC 77 8120",
    "+49 170 12345678",
    "0170 / 123 456 78",
    "0049 170 12345678",
    "+49 (0)170 12345678",
    "5678",
    "juergen@example.com",
    "JUERGEN@EXAMPLE.COM",
    "juergen@ex",
    "Jürgen Weiß",
    "jurgen weiss",
    "Juergen Weiss",
    "Weiß",
    "Lindenstr. 12",
    "lindenstrasse 12, 10969",
    "10969",
    " PX-2041\u200b ",
)


def test_a_shipment_is_found_however_it_is_spelled(office):
    assert {typed: hits for typed in SPELLINGS if (hits := found(office, typed)) != ["PX-2041"]} == {}


def test_a_pasted_link_or_its_code_finds_the_shipment_even_when_it_is_revoked(office, clock):
    from portal.store import links

    link = office.kit.voice.link(office.maria)
    with office.kit.transaction() as session:
        links.revoke(session, office.maria.id, clock())
    assert found(office, f"{link}?lang=de") == found(office, link.rpartition("/")[2]) == ["LB-7"]


APOSTROPHES = ("O'Leary", "O’Leary", "leary", "maria leary", "mehringdamm 4 2nd floor")


def test_apostrophes_and_second_lines_do_not_matter(office):
    assert {typed: hits for typed in APOSTROPHES if (hits := found(office, typed)) != ["LB-7"]} == {}


def test_house_numbers_are_taken_whole_first(office):
    for number in (40, 41, 4):
        office.shipment(office.pax, f"M-{number}", lines=(f"Mill Lane {number}",))
    assert found(office, "mill lane 4") == ["M-4", "M-41", "M-40"]


def test_exact_forms_come_before_beginnings_and_the_newest_first_among_equals(office):
    for reference in ("AB-10", "AB-1", "AB-11"):
        office.shipment(office.pax, reference, codes=(f"c{reference}",))
    assert found(office, "ab-1") == ["AB-1", "AB-11", "AB-10"]


def test_one_certain_hit_is_named_and_a_guess_is_not(office):
    with office.kit.reading() as session:
        shops = office.kit.shippers(session)
        assert search(session, office.ann, shops, "PX-2041", b"").only is not None
        assert search(session, office.ann, shops, "Weiß", b"").only is None


def test_an_agent_of_one_shipper_finds_nothing_of_another(office):
    theirs = office.agent("pia@example.com", shop=office.pax)
    link = office.kit.voice.link(office.maria)
    for typed in ("LB-7", "LB000007", "+4930901820", "1820", "maria@example.org", "Maria", "10961", link):
        assert found(office, typed, theirs) == []
        assert found(office, typed) == ["LB-7"]


def test_at_most_fifty_are_shown_and_more_are_announced(office):
    for number in range(MOST + 2):
        office.shipment(office.pax, f"many-{number}", "Many Smiths", codes=(f"m{number}",))
    with office.kit.reading() as session:
        answer = search(session, office.ann, office.kit.shippers(session), "smiths", b"")
    assert len(answer.hits) == MOST
    assert answer.more


HOSTILE = (
    "",
    "   ",
    "\x00",
    "%",
    "_",
    "' OR 1=1 --",
    "\\",
    "<script>",
    "a" * 100_000,
    "\ud800",
    "+",
    "@",
    "🦆",
    "%%%%%",
)


def test_hostile_and_empty_clues_find_nothing(office):
    assert {typed: hits for typed in HOSTILE if (hits := found(office, typed)) != []} == {}


@pytest.mark.engines("sqlite")
@pytest.mark.engines("sqlite")
def test_a_clue_of_any_length_is_read_quickly():
    clue = read("word " * 50_000)
    assert len(clue.text) <= 200
    assert len(clue.words) <= 6
