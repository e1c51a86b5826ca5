"""The people are nobody's, the brands can be read, and the day has work for everyone."""

import re

from portal.demo import brands, people
from portal.demo.cast import ROUNDS, STARS, TWICE, cast
from portal.demo.town import Town
from portal.domain.colors import contrast


def test_every_phone_number_is_kept_for_fiction_and_no_mail_goes_anywhere():
    for person in people.everybody():
        assert person.phone == "" or re.fullmatch(r"\+120255501\d\d", person.phone)
        assert person.email == "" or re.fullmatch(r"[a-z.]+@example\.(com|org)", person.email)
        assert person.phone or person.email


def test_no_two_people_share_a_phone_or_an_address():
    everybody = people.everybody()
    phones = [person.phone for person in everybody if person.phone]
    assert len(set(phones)) == len(phones)
    assert len({person.name for person in everybody}) == len(everybody)


def test_some_recipients_speak_german_and_most_english(town: Town):
    languages = [one.person.language for one in cast(town)]
    assert languages.count("de") >= 6
    assert languages.count("en") > 4 * languages.count("de")


def test_about_sixty_doors_get_one_delivery_each(town: Town):
    deliveries = cast(town)
    doors = sum(plan.stops for plan in ROUNDS)
    assert len(deliveries) == doors + len(TWICE) >= 60
    assert len({one.reference for one in deliveries}) == len(deliveries)
    for key in ("person", "door"):
        assert len({getattr(one, key) for one in deliveries}) == doors


def test_the_ones_we_follow_are_where_the_story_needs_them(town: Town):
    at = {one.person.name: (one.route, one.seq, one.brand) for one in cast(town)}
    assert {name: at[name] for name in STARS} == STARS


def test_brand_colors_can_be_read_on_white():
    for brand in brands.BRANDS:
        assert contrast(brand.accent, "#ffffff") >= 4.5
