"""The console's page of words: shown on a real shipment, kept when sound, refused with line and reason."""

import re

import pytest

from notifications.message import Channel
from portal.store import audit, outbox
from tests.dispatch import new_dispatch, shipment
from tests.office import Office

BEN = {"name": "Ben Okoro", "phone": "+4915112345678", "email": "ben@example.com", "language": "en"}


@pytest.fixture
def house(app, clock):
    with app.app_context():
        yield Office(app, clock)


@pytest.fixture
def dispatch(app, house):
    found = new_dispatch(app)
    found.ships(shipment("B-1", recipient=BEN))
    return found


@pytest.fixture
def lead(app, house, dispatch):
    with house.kit.reading() as session:
        shop = next(iter(house.kit.shippers(session).values()))
    return house.enter(app.test_client(), house.agent("lead@example.com", "lead", shop))


def posts(client, do, **fields):
    page = client.get("/console/words").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    usual = {
        "csrf_token": token,
        "shipper": "acme-books",
        "notice": "out_for_delivery",
        "language": "en",
        "do": do,
    }
    return client.post("/console/words", data=usual | fields)


def test_words_are_shown_on_a_real_shipment_and_then_speak(lead, house, dispatch, clock):
    own = {"sms": "{{ sender }}: your books are on the road. {{ link }}", "reference": "B-1"}
    shown = posts(lead, "show", **own)
    assert shown.status_code == 200
    assert "Acme Books: your books are on the road." in shown.text
    assert posts(lead, "save", **own).status_code == 303
    dispatch.happens("B-1", "out_for_delivery", clock())
    with house.kit.reading() as session:
        [text] = [one for one in outbox.latest(session) if one.channel is Channel.SMS]
    assert text.text.startswith("Acme Books: your books are on the road. http")
    assert "your books are on the road" in lead.get("/console/words?notice=out_for_delivery").text


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"sms": "{{ sender }}: {{ windwo }} {{ link }}"}, "Line 1: There is no &#39;windwo&#39;"),
        (
            {"says": "Hello\n{% for a in link %}{% for b in link %}x{% endfor %}{% endfor %}"},
            "Line 2: A loop",
        ),
        ({"sms": "Your books! {{ link }}"}, "The brand comes first"),
        ({"sms": "{{ sender }}: soon."}, "names {{ link }} once"),
        ({"sms": "{{ sender }}: {{ link }} {{ link }}"}, "names {{ link }} once"),
        ({"sms": "{{ sender }}: https://evil.example {{ link }}"}, "only our own page"),
        ({"says": "fine\nwww.evil.example"}, "Line 2: &#39;www.evil.example&#39;"),
        ({"sms": "{{ sender }}: evil.example/x {{ link }}"}, "&#39;evil.example/x&#39;"),
        ({"says": "fine\nftp://evil"}, "Line 2: &#39;ftp://evil&#39;"),
        ({"says": "All is well. Write to me@evil.example."}, "only our own page"),
        ({"sms": "{{ sender }}: {% if not window %}evil.example{% endif %} {{ link }}"}, "only our own page"),
        ({"says": "{{ 'evil.example' if not window }}"}, "only our own page"),
        ({"says": "evil{% if window %}.{% endif %}example"}, "only our own page"),
        ({"says": "evil.{{ reference }}"}, "only our own page"),
        ({"says": "{{ reference }}.{{ 'example' }}"}, "only our own page"),
        ({"says": "{% if not window %}Please verify.{% endif %}"}, "&#39;verify&#39;"),
        ({"says": "Please ver{{ how_many }}ify."}, "a word that cheats use"),
        ({"sms": "{{ sender if not window else 'Your bank' }}: {{ link }}"}, "The brand comes first"),
        ({"says": "It comes {{ window\n}}."}, "cannot be read"),
        ({"says": "{% if how %}" * 120 + "x" + "{% endif %}" * 120}, "cannot be read"),
        ({"sms": "{{ sender }}: urgent, pay now. {{ link }}"}, "a word that cheats use"),
        ({"says": "All is well.\nPlease verify."}, "Line 2: &#39;verify&#39;"),
        ({"sms": "{{ sender }}: " + "very " * 70 + "{{ link }}"}, "counts as 3 SMS"),
        ({"subject": "{{ sender }}: " + "long " * 30}, "at most 90 characters"),
    ],
)
def test_words_that_may_not_be_are_refused_with_line_and_reason(lead, fields, says):
    for do in ("show", "save"):
        answer = posts(lead, do, **fields)
        assert answer.status_code == 422
        assert says in answer.text
    assert "Empty: our words" in lead.get("/console/words").text


@pytest.mark.parametrize(
    "says",
    [
        "{% if how == 'locker' %}It came.{% elif how %}It is there.{% else %}Soon it comes.{% endif %} Enjoy.",
        "Between 8.30 and 10.15 a.m. {{ window }}. Nr. 12, z.B. at the door...",
        "Questions? Ask {{ shipper }}. Thank you.\n{{ refusal }}\nDone.",
    ],
)
def test_usual_sentences_are_no_links(lead, says):
    assert posts(lead, "save", says=says).status_code == 303


def test_one_bad_part_keeps_none(lead):
    posts(lead, "save", subject="{{ sender }}: books", says="{% for %}")
    assert "books</textarea>" not in lead.get("/console/words").text


def test_an_empty_field_goes_back_to_our_words(lead):
    posts(lead, "save", subject="{{ sender }}: books")
    assert "books</textarea>" in lead.get("/console/words").text
    posts(lead, "save", subject="")
    assert "books</textarea>" not in lead.get("/console/words").text


@pytest.mark.engines("sqlite", "postgresql")
def test_a_lead_sees_and_words_only_the_own_shop(app, house, lead, dispatch):
    other = new_dispatch(app, "Birch Tea")
    other.ships(shipment("T-1", recipient=BEN))
    assert lead.get("/console/words?shipper=birch-tea").status_code == 404
    assert posts(lead, "save", shipper="birch-tea", subject="{{ sender }}: mine").status_code == 404
    assert "no shipment T-1" in lead.get("/console/words?reference=T-1").text
    assert "no shipment T-1" in lead.get("/console/words?reference=T-1%00").text
    boss = house.enter(app.test_client(), house.agent("boss@example.com", "admin"))
    assert "Birch Tea" in boss.get("/console/words?shipper=birch-tea&reference=T-1").text


def test_whose_shipment_was_looked_at_is_written_down(lead, house):
    def looks():
        with house.kit.reading() as session:
            return [(act.action, act.actor) for act in audit.of_shipment(session, 1)]

    assert lead.get("/console/words").status_code == 200
    assert lead.get("/console/words?reference=B-2").status_code == 200
    assert looks() == []
    lead.get("/console/words?reference=B-1")
    posts(lead, "show", reference="B-1", subject="{{ sender }}: books")
    assert [action for action, _ in looks()] == ["looked", "looked"]
    assert "lead@example.com" in looks()[0][1]


def test_an_agent_without_the_role_may_not(app, house, dispatch):
    agent = house.enter(app.test_client(), house.agent("agent@example.com", "agent"))
    assert agent.get("/console/words").status_code == 403


@pytest.mark.parametrize(
    "query", ["notice=nonsense", "language=xx", "notice=one_time_code", "shipper=%00", "notice="]
)
def test_what_does_not_exist_is_not_found(lead, query):
    assert lead.get(f"/console/words?{query}").status_code == 404
