"""A brand: judged field by field, shown before it is kept, two admins at once, and its logo."""

import re
from io import BytesIO

from PIL import Image

from tests.setting_up import changes, house, operator, pax, picture, shop, three, told

__all__ = ["house", "operator", "pax", "three"]


def test_a_brand_is_kept_and_what_changed_is_written_down_without_contacts(pax, house):
    answer = pax.fills(
        "brand", color="#C0392B", support_email="help@pax.example", email_name="Pax", sms_sender="PAX 24"
    )
    assert answer.status_code == 303
    brand = shop(house).brand
    assert (brand["color"], brand["sms_sender"]) == ("#c0392b", "PAX 24")
    ((actor, noun, done, moved),) = changes(house)
    assert (actor, noun, done) == ("admin@pax.example", "brand", "changed")
    assert moved["color"] == ["", "#c0392b"]
    assert "help@" not in str(moved)
    assert "color: empty → #c0392b" in pax.sees("history")


REFUSED = [
    ({"color": "red"}, "'red' is no color; give it as #rrggbb."),
    ({"color": "#ffff00", "text_color": "#ffffff"}, "#000000 would have 19.6"),
    ({"text_color": "#ffffff"}, "An ink needs a color to stand on."),
    ({"sms_sender": "Pax Moebel GmbH"}, "at most 11 characters; 'Pax Moebel GmbH' has 15"),
    ({"sms_sender": "Möbel"}, "letters A to Z, digits and spaces only, and no 'ö'"),
    ({"sms_sender": "0301234"}, "at least one letter"),
    ({"email_name": "Your bank <a@b.example>"}, "is a name, without any of @"),
    ({"support_email": "nobody"}, "'nobody' is no email address"),
    ({"support_phone": "call me"}, "'call me' is no phone number"),
    ({"name": " "}, "at least one letter or digit"),
    ({"language": "xx"}, "'xx' is no language we speak"),
]


def test_what_does_not_fit_a_brand_is_named_beside_its_field_and_stays_typed(pax, house):
    before = shop(house)
    for typed, says in REFUSED:
        answer = pax.fills("brand", **typed)
        assert answer.status_code == 422
        assert says in told(answer)
        assert f'id="wrong-f-{next(reversed(typed))}"' in answer.text
    assert shop(house) == before
    assert changes(house) == []


def test_a_brand_is_shown_before_it_is_kept(pax, house):
    shown = pax.fills("brand", do="show", color="#ffee00", sms_sender="PAX")
    assert shown.status_code == 200
    words = told(shown)
    assert "1.2 to 1, too little to read" in words
    assert "From PAX" in words
    assert shop(house).brand == {}
    email = pax.client.get("/console/setup/pax/brand/email?color=%23ffee00&text_color=javascript")
    assert "#ffee00" in email.text
    assert "javascript" not in email.text
    assert "@media not all" in email.text
    assert "@media all" in pax.client.get("/console/setup/pax/brand/email?scheme=dark").text
    assert "sandbox" in email.headers["Content-Security-Policy"]


def test_two_admins_at_once_and_the_second_is_told_what_the_first_did(pax, operator, house):
    first, second = pax.opens("brand"), operator.opens("brand")
    assert pax.sends("brand", first | {"color": "#112233", "support_hours": "9 to 5"}).status_code == 303
    answer = operator.sends("brand", second | {"support_hours": "always", "email_name": "Pax"})
    assert answer.status_code == 409
    words = told(answer)
    assert "Somebody changed this while you were typing" in words
    assert "Color: empty → #112233" in words
    assert 'value="#112233"' in words  # theirs, which nobody here touched
    assert 'value="always"' in words  # typed here, kept in the form
    assert (shop(house).brand["support_hours"], shop(house).brand.get("email_name")) == ("9 to 5", None)


def test_a_logo_is_drawn_anew_and_stands_on_recipients_pages(app, pax, house):
    form = pax.opens("brand") | {"logo": (BytesIO(picture("JPEG", mode="RGB", color="navy")), "x.svg")}
    assert pax.sends("brand", form, "logo").status_code == 303
    kept = shop(house).brand["logo"]
    answer = app.test_client().get(f"/brand/{kept['name']}.png")
    assert (answer.content_type, answer.status_code) == ("image/png", 200)
    assert "immutable" in answer.headers["Cache-Control"]
    assert len(answer.data) <= 6 * 1024
    drawn = Image.open(BytesIO(answer.data))
    assert (drawn.width, drawn.height) == (kept["width"], kept["height"])
    assert drawn.height <= 80
    assert f"/brand/{kept['name']}.png" in pax.sees("brand")
    assert pax.fills("brand", "logo", do="away").status_code == 303
    assert "logo" not in shop(house).brand
    assert app.test_client().get(f"/brand/{kept['name']}.png").status_code == 404
    assert [moved["logo"] for *_, moved in changes(house)] == [
        ["", kept["name"][:12]],
        [kept["name"][:12], ""],
    ]


NO_LOGOS = [
    (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "an SVG may hold scripts"),
    (b"", "This picture is empty"),
    (b"\x89PNG\r\n\x1a\nnonsense", "We cannot read this picture"),
    (picture(color=(255, 255, 255, 255)), "cannot be seen on white"),
    (picture(color=(0, 0, 0, 0)), "nothing of it can be seen"),
    (b"\x89PNG\r\n\x1a\n" + b"x" * 1_100_000, "at most 1 MB"),
    (b"x" * 3_000_000, "at most 1 MB"),
]


def test_a_file_that_is_no_logo_is_refused_with_what_would_be_right(pax, house):
    for body, says in NO_LOGOS:
        answer = pax.sends("brand", pax.opens("brand") | {"logo": (BytesIO(body), "logo.png")}, "logo")
        assert answer.status_code in (413, 422)
        assert says.lower() in told(answer).lower()
    assert "logo" not in shop(house).brand


def test_a_recipients_page_shows_the_logo_and_stays_small(app, pax, house):
    form = pax.opens("brand") | {"logo": (BytesIO(picture()), "logo.png")}
    assert pax.sends("brand", form, "logo").status_code == 303
    with app.app_context():
        told = house.shipment(shop(house))
        link = house.kit.voice.link(told)
    page = app.test_client().get(link.removeprefix("http://localhost"))
    logo = re.search(r'<img class="logo" src="(/brand/[0-9a-f]{64}\.png)" [^>]*alt="Pax Möbel"', page.text)
    size = len(page.data) + len(app.test_client().get(logo[1]).data)
    assert size < 15_000
