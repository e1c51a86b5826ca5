"""How recipients choose to be told: saved as it is ticked, true for the next delivery, and never by looking."""

from itertools import product

import pytest

from notifications.contact import Contact
from notifications.message import Channel, Rule
from portal.flows import announce
from portal.store import consents, contacts, outbox, shipments
from portal.web.preferring import WAYS, preferring
from portal.web.present import local_of
from tests.dispatch import new_dispatch, shipment
from tests.recipient import Recipient, recipient_of

SMS, EMAIL = Channel.SMS, Channel.EMAIL
BEN = {"name": "Ben Okoro", "phone": "+4915112345678", "email": "ben@example.com", "language": "en"}
ALL = ["before", "on_the_day", "nearby", "outcome"]
USUAL = {"ways": "both", "language": "en", "news": ALL, "begins": "08:00", "ends": "21:00"}


@pytest.fixture
def kit(app):
    return app.extensions["doorstep"]


@pytest.fixture
def dispatch(app):
    return new_dispatch(app)


@pytest.fixture
def ben(app, dispatch) -> Recipient:
    return recipient_of(app, dispatch, recipient=BEN)


def saves(who, **chosen):
    answer = who.sends("/preferences", "/preferences", **(USUAL | chosen))
    assert answer.status_code == 303, answer.text
    return answer


def contact(kit, reference="A-1"):
    """The recipient as planning sees them."""
    with kit.reading() as session:
        found = shipments.by_references(session, [(1, reference)])[1, reference].shipment
        return announce.contacts_of(session, kit.voice, [found], kit.now())[found.id]


def told(kit, notice):
    """Messages of a notice by channel, with the rule that stopped each."""
    with kit.reading() as session:
        found = [one for one in outbox.latest(session) if one.notice == notice]
    return {one.channel: one.stopped_by for one in found}


def test_everything_is_on_until_somebody_chooses(ben):
    page = ben.looks("/preferences")
    assert page.count(" checked") == 5
    assert 'value="both" required checked' in page
    assert '<option value="08:00" selected>' in page
    assert '<option value="21:00" selected>' in page
    assert '<option value="en" lang="en" selected>' in page
    assert "To the number ending in 78 and to b…@example.com" in page
    assert "4915112345678" not in page
    assert "ben@example.com" not in page


def test_a_choice_is_saved_shown_and_kept_by_planning(ben, kit):
    answer = saves(ben, ways="email", language="pl", news=["outcome"], begins="10:00", ends="18:00")
    assert answer.location == f"{ben.path}/preferences?done=saved"
    page = ben.looks("/preferences?done=saved")
    assert "Thank you. We tell you the way you have chosen." in page
    assert 'value="email" required checked' in page
    assert '<option value="pl" lang="pl" selected>' in page
    assert '<option value="18:00" selected>' in page
    found = contact(kit)
    assert (found.channels, found.language) == (frozenset({EMAIL}), "pl")
    assert sorted(found.declined) == ["before", "nearby", "on_the_day"]
    assert [at.hour for at in found.day] == [10, 18]


def test_it_counts_for_the_next_delivery_of_the_same_shipper_and_for_no_other(app, ben, dispatch, kit):
    saves(ben, ways="email")
    dispatch.ships(shipment("A-2", recipient={"name": "B. Okoro", "phone": BEN["phone"], "language": "de"}))
    dispatch.ships(shipment("A-3", recipient={"name": "Ben", "email": "BEN@example.com"}))
    assert contact(kit, "A-2").channels == frozenset({EMAIL})
    assert contact(kit, "A-2").language == "en"
    assert contact(kit, "A-3").channels == frozenset({EMAIL})
    other = new_dispatch(app, "Fern")
    other.ships(shipment("F-1", recipient=BEN))
    with kit.reading() as session:
        found = shipments.by_references(session, [(2, "F-1")])[2, "F-1"].shipment
        assert announce.contacts_of(session, kit.voice, [found], kit.now())[found.id].channels is None


def test_the_page_outranks_what_dispatch_says_later(ben, dispatch, kit):
    saves(ben, ways="both", language="fr")
    dispatch.ships(shipment("A-1", recipient=BEN | {"channels": ["sms"], "language": "de"}))
    found = contact(kit)
    assert (found.channels, found.language) == (frozenset({SMS, EMAIL}), "fr")


def test_what_was_declined_is_not_sent_and_says_so(ben, dispatch, kit, clock):
    saves(ben, news=["before", "nearby", "outcome"])
    dispatch.happens("A-1", "out_for_delivery", clock())
    assert told(kit, "out_for_delivery") == {SMS: Rule.NOT_WANTED, EMAIL: Rule.NOT_WANTED}
    dispatch.happens("A-1", "attempt_failed", clock(), reason="consignee_not_home")
    assert told(kit, "attempt_failed") == {SMS: "", EMAIL: ""}


def test_what_waits_is_looked_at_again_when_it_leaves(ben, dispatch, kit, clock):
    dispatch.happens("A-1", "out_for_delivery", clock())
    clock.forward(seconds=1)
    saves(ben, ways="sms", news=["before"])
    for channel in (SMS, EMAIL):
        assert kit.outbox.claim(channel, 10, "w", clock()) == []
    assert told(kit, "out_for_delivery") == {SMS: Rule.NOT_WANTED, EMAIL: Rule.NOT_WANTED}


def test_stop_all_texts_is_said_plainly_and_done(ben, kit):
    assert "Stop all texts to the number ending in 78" in ben.reads("/preferences")
    assert ben.sends("/preferences/stop", "/preferences").status_code == 303
    page = ben.reads("/preferences?done=stopped")
    assert (
        "You have stopped texts to the number ending in 78. Answer START to one of our texts to get them again."
        in page
    )
    assert "We tell you by email, to b…@example.com." in page
    assert 'name="ways"' not in ben.looks("/preferences")
    with kit.reading() as session:
        assert contacts.stopped(session, [BEN["phone"]]) == {(SMS, BEN["phone"])}
    # a form that was open in another window changes nothing about it
    assert ben.sends("/preferences/stop", "/preferences?done=stopped").status_code == 303


def test_a_stop_on_the_page_is_confirmed_by_one_text_and_nothing_after_it(ben, dispatch, kit, clock):
    dispatch.happens("A-1", "out_for_delivery", clock())
    for _ in range(2):
        ben.sends("/preferences/stop", "/preferences")
    (claim,) = kit.outbox.claim(SMS, 10, "w", clock())
    assert (claim.message.notice, claim.message.to) == ("reply_stop", BEN["phone"])
    assert "START" in claim.message.text
    assert told(kit, "out_for_delivery")[SMS] == Rule.OPTED_OUT


def test_a_number_that_never_agreed_gets_no_confirmation_either(app, dispatch, kit, clock):
    who = recipient_of(app, dispatch, recipient={"name": "Cy", "phone": "+12025550177"})
    who.sends("/preferences/stop", "/preferences")
    assert kit.outbox.claim(SMS, 10, "w", clock()) == []


def test_a_number_without_consent_gets_texts_once_its_owner_chooses_them(app, dispatch, kit, clock):
    cy = {"name": "Cy", "phone": "+12025550177", "email": "cy@example.com"}
    who = recipient_of(app, dispatch, recipient=cy)
    page = who.looks("/preferences")
    assert 'value="email" required checked' in page
    assert "you agree that Acme Books texts you" in page
    dispatch.happens("A-1", "out_for_delivery", clock())
    assert told(kit, "out_for_delivery") == {SMS: Rule.NO_CONSENT, EMAIL: ""}
    saves(who)
    assert contact(kit).unconsented == frozenset()
    assert "you agree" not in who.looks("/preferences")
    with kit.reading() as session:
        (row,) = session.execute(consents.CONSENTS.select()).all()
    assert (row.given, row.channel, row.source, row.shipper_id) == (True, "sms", "preferences page", 1)
    assert row.wording.startswith("If you choose texts, you agree that Acme Books texts you")


def test_choosing_email_is_no_consent_to_texts(app, dispatch, kit):
    who = recipient_of(
        app, dispatch, recipient={"name": "Cy", "phone": "+12025550177", "email": "cy@example.com"}
    )
    saves(who, ways="email")
    assert contact(kit).unconsented == {SMS}


def test_one_number_alone_leaves_nothing_to_choose_unless_it_needs_a_yes(app, dispatch, kit):
    phone_only = recipient_of(app, dispatch, recipient={"name": "D", "phone": BEN["phone"]})
    assert 'name="ways"' not in phone_only.looks("/preferences")
    assert "We tell you by text, to the number ending in 78." in phone_only.reads("/preferences")
    saves(phone_only, ways="")
    assert contact(kit).channels is None
    american = recipient_of(app, dispatch, "A-2", recipient={"name": "E", "phone": "+12025550177"})
    page = american.looks("/preferences")
    assert 'value="none" required checked' in page
    saves(american, ways="sms")
    assert contact(kit, "A-2").unconsented == frozenset()


def test_a_number_that_does_not_work_is_said_and_tried_again_when_chosen(ben, kit, clock):
    with kit.transaction() as session:
        contacts.mark_unreachable(session, SMS, BEN["phone"], "30005", "Unknown.", clock())
    assert "did not arrive lately" in ben.reads("/preferences")
    assert 'value="email" required checked' in ben.looks("/preferences")
    saves(ben, ways="email")
    assert contact(kit).unreachable == {SMS}
    saves(ben, ways="both")
    assert contact(kit).unreachable == frozenset()


def test_nobody_to_tell_has_nothing_to_choose(app, dispatch):
    nobody = recipient_of(app, dispatch, recipient={"name": "Nobody"})
    assert "there is nothing to choose" in nobody.reads("/preferences")
    assert "<form" not in nobody.looks("/preferences")


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize(
    "odd",
    [
        {"ways": "fax"},
        {"ways": ""},
        {"language": "tlh"},
        {"language": "x" * 5000},
        {"begins": "12:00", "ends": "08:00"},
        {"begins": "08:00", "ends": "08:00"},
        {"begins": "noon"},
        {"ends": "25:00"},
        {"begins": "08:00\x00"},
    ],
)
def test_what_was_not_offered_is_refused_kindly_and_changes_nothing(ben, kit, odd):
    answer = ben.sends("/preferences", "/preferences", **(USUAL | odd))
    assert answer.status_code == 422
    assert "nothing was changed" in answer.text
    assert contact(kit).channels is None


@pytest.mark.engines("sqlite")
def test_strange_news_and_a_form_without_ticks_are_taken_for_what_they_are(ben, kit):
    saves(ben, news=["outcome", "weather", "🧨" * 500])
    assert len(contact(kit).declined) == 3
    saves(ben, news=[])
    assert len(contact(kit).declined) == 4


@pytest.mark.engines("sqlite")
def test_a_form_without_its_token_changes_nothing(ben, kit):
    for where in ("/preferences", "/preferences/stop"):
        answer = ben.client.post(ben.path + where, data=USUAL)
        assert answer.status_code == 400
        assert f"{ben.path}/preferences" in answer.text
    with kit.reading() as session:
        assert contacts.stopped(session, [BEN["phone"]]) == set()


@pytest.mark.engines("sqlite")
def test_looking_saves_nothing(ben, kit):
    for _ in range(2):
        ben.looks("/preferences?ways=email&language=de&done=stopped")
        ben.client.head(f"{ben.path}/preferences")
    assert ben.client.get(f"{ben.path}/preferences/stop").status_code == 405
    assert contact(kit).channels is None


def test_the_page_speaks_the_language_that_was_asked_for(ben):
    page = ben.reads("/preferences?lang=de")
    assert "Wie wir Sie benachrichtigen" in page
    answer = ben.sends("/preferences?lang=de", "/preferences?lang=de", **USUAL)
    assert answer.location == f"{ben.path}/preferences?done=saved&lang=de"


def test_the_delivery_page_and_every_email_lead_there(ben, dispatch, kit, clock):
    assert f'href="{ben.path}/preferences"' in ben.looks()
    dispatch.happens("A-1", "out_for_delivery", clock())
    with kit.reading() as session:
        email = next(one for one in outbox.latest(session) if one.channel is EMAIL)
    assert f"{ben.path}/preferences" in email.text


SETS = [frozenset(), frozenset({SMS}), frozenset({EMAIL}), frozenset({SMS, EMAIL})]


@pytest.mark.engines("sqlite")
def test_the_page_can_show_whatever_is_known_of_somebody(ben, kit):
    with kit.reading() as session:
        found = shipments.by_references(session, [(1, "A-1")])[1, "A-1"].shipment
    local = local_of(found.address, "en", kit.now())
    for known, stopped, hindered, refused, chosen in product(SETS, SETS, SETS, SETS[:2], [None, *SETS]):
        who = Contact(
            phone=BEN["phone"] if SMS in known else None,
            email=BEN["email"] if EMAIL in known else None,
            channels=chosen,
            stopped=stopped,
            unreachable=hindered,
            withdrawn=refused,
            unconsented=refused & {SMS},
        )
        page = preferring(found, who, "Acme Books", local)
        works = known - stopped - hindered - refused
        on = [way.value for way in page.ways if way.on]
        assert len(on) <= 1
        if page.ways and works:
            assert WAYS[on[0]] == (works & (chosen or works) or works)
        assert not any(WAYS[way.value] & stopped for way in page.ways)
        assert bool(page.agrees) == bool(page.ways and SMS in known & refused - stopped)
        assert not (page.ways and page.only)


def test_times_are_those_of_the_country(app, dispatch):
    ann = recipient_of(app, dispatch)
    assert ">8 am<" in ann.looks("/preferences")
    berlin = {"lines": ["1 Ufer"], "locality": "Berlin", "postcode": "10115", "country": "DE"}
    jan = recipient_of(app, dispatch, "A-2", address=berlin | {"timezone": "Europe/Berlin"})
    assert ">08:00<" in jan.looks("/preferences?lang=de")
