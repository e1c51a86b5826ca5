"""Set-up: one manner for every page. Who may, what is kept, what is refused and where, and what is written down."""

import re
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from itertools import product

import pytest
from PIL import Image, ImageDraw

from portal.domain.access import fingerprint
from portal.store import audit, devices, keys, lockers, shippers, slots, webhooks
from tests.office import Office
from tests.setting_up import Admin, admins, told

PAGES = ("brand", "rules", "goodwill", "keys", "webhook", "people", "lockers", "slots", "vans", "history")


@pytest.fixture
def house(app, clock):
    return Office(app, clock)


@pytest.fixture
def three(app, house):
    # not around the requests: several browsers must not share what one of them has at hand
    with app.app_context():
        return admins(app, house)


@pytest.fixture
def pax(three) -> Admin:
    return three[0]


@pytest.fixture
def operator(three) -> Admin:
    return three[2]


def of(house, read):
    """What the database says."""
    with house.app.app_context(), house.kit.reading() as session:
        return read(session)


def shop(house):
    return of(house, lambda session: shippers.by_slug(session, "pax"))


def changes(house, slug="pax"):
    """What was written down of set-up: (actor, noun, done, changes), oldest first."""

    def read(session):
        owner = shippers.by_slug(session, slug).id if slug else None
        return audit.of_no_shipment(session, owner, ("set_up",))

    return [
        (entry.actor, entry.detail["noun"], entry.detail["done"], entry.detail["changes"])
        for _, entry in reversed(of(house, read))
    ]


def picture(kind="PNG", size=(900, 300), color=(20, 60, 120, 255), mode="RGBA"):
    drawn = Image.new(mode, size)
    ImageDraw.Draw(drawn).ellipse((10, 10, size[0] - 10, size[1] - 10), fill=color)
    written = BytesIO()
    drawn.convert("RGB" if kind == "JPEG" else mode).save(written, kind)
    return written.getvalue()


# --- who may


def test_another_shippers_pages_and_the_operators_are_not_there(three):
    pax, _, operator = three
    for page in PAGES:
        assert pax.client.get(f"/console/setup/moss/{page}").status_code == 404
        assert pax.client.get(f"/console/setup/_/{page}").status_code == 404
        assert operator.client.get(f"/console/setup/moss/{page}").status_code == 200
        assert operator.client.get(f"/console/setup/nobody/{page}").status_code == 404


def test_only_admins_set_up(app, house, pax):
    with app.app_context():
        agent = house.agent("lead@pax.example", "lead", shop(house))
        client = house.enter(app.test_client(), agent)
    assert {client.get(f"/console/setup/pax/{page}").status_code for page in PAGES} == {403}
    assert client.get("/console/setup").status_code == 403
    assert client.post("/console/setup/pax/keys", data=pax.opens("keys")).status_code in (400, 403)


def test_a_shippers_admin_begins_at_the_own_shop_and_sees_what_is_missing(pax):
    answer = pax.client.get("/console/setup")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/console/setup/pax")
    words = pax.sees("/console/setup/pax")
    assert "Recipients find no phone and no email for help." in words
    assert "No key" in words


def test_the_operator_adds_a_shipper_and_sees_all_of_them(operator, house):
    new = "/console/setup/_/new"
    bad = operator.fills(new, name="Fern & Kettle", timezone="Mars/Olympus", country="Germany")
    assert bad.status_code == 422
    assert "'Mars/Olympus' is no IANA time zone" in told(bad)
    assert "'Germany' is no country" in told(bad)
    assert 'value="Mars/Olympus"' in bad.text
    good = operator.fills(new, name="Fern & Kettle", timezone="Europe/London", country="gb", language="en")
    assert good.headers["Location"] == "/console/setup/fern-kettle"
    assert "Fern & Kettle" in operator.sees("/console/setup")
    assert "already a shipper" in told(operator.fills(new, name="Fern Kettle"))


def test_a_shippers_admin_adds_no_shippers(pax):
    assert pax.client.get("/console/setup/_/new").status_code == 404
    form = pax.opens("brand") | {"name": "Mine"}
    assert pax.sends("/console/setup/_/new", form).status_code == 404


# --- the brand


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


# --- the rules


def test_rules_are_kept_taken_back_and_refused_by_field(pax, house):
    assert (
        pax.fills("rules", hold_days="7", forbids="hold,locker", **{"map.van": "minutes:30"}).status_code
        == 303
    )
    rules = shop(house).rules
    assert (rules.hold_days, {kind.value for kind in rules.forbids}) == (7, {"hold", "locker"})
    bad = pax.fills("rules", hold_days="900", answer_minutes="20", **{"map.van": "soon"})
    assert bad.status_code == 422
    assert "Hold_days is a whole number from 1 to 60, not '900'." in told(bad)
    assert 'id="wrong-f-map.van"' in bad.text
    assert shop(house).rules.answer_minutes == 0  # nothing half written
    assert pax.fills("rules", hold_days="").status_code == 303
    assert shop(house).rules.hold_days == 14
    moved = [one for *_, one in changes(house)]
    assert moved[0]["hold_days"] == ["", "7"]
    assert moved[1] == {"hold_days": ["7", ""]}


def test_every_rule_of_the_table_is_on_the_page(pax):
    from portal.flows.rules_shown import all_rules

    names = set(re.findall(r'name="was-([^"]+)"', pax.client.get("/console/setup/pax/rules").text))
    assert {one.name for one in all_rules({})} <= names


def test_what_messages_may_cost_is_the_operators_to_say(pax, operator, house):
    assert "month_ceiling" not in pax.sees("rules")
    assert pax.fills("rules", month_ceiling="1000000").status_code == 303
    assert shop(house).rules.month_ceiling_micros == 0
    assert operator.fills("rules", month_ceiling="250").status_code == 303
    assert shop(house).rules.month_ceiling_micros == 250_000_000
    assert "250" in operator.sees("rules")
    assert "is no amount" in told(operator.fills("rules", month_ceiling="much"))


# --- what has a secret


def test_a_key_is_shown_once_and_a_second_sending_makes_no_other(app, pax, house):
    form = pax.opens("keys") | {"label": "planning", "scopes": ["events:write", "shipments:read"]}
    made = pax.sends("keys", form)
    assert made.headers["Cache-Control"] == "no-store"
    (secret,) = re.findall(r"ds_[\w-]{40,}", made.text)
    key = of(house, lambda session: keys.find(session, fingerprint(secret)))
    assert (key.shipper_id, key.scopes) == (shop(house).id, {"events:write", "shipments:read"})
    again = pax.sends("keys", form)
    assert again.status_code == 303
    assert secret not in str(again.headers)
    page = pax.sees("keys")
    assert "key 1 was made" in page
    assert secret not in page
    assert len(of(house, lambda session: keys.everyone(session))) == 1
    assert secret not in str(changes(house))


def test_a_key_is_ended_by_its_own_house_alone(three, house):
    pax, moss, _ = three
    pax.fills("keys")
    form = moss.opens("keys")
    assert moss.sends("keys", form, "keys/1/end").status_code == 404
    assert pax.fills("keys", "keys/1/end").status_code == 303
    assert of(house, lambda session: keys.everyone(session))[0].revoked_at
    assert [done for _, _, done, _ in changes(house)] == ["added", "ended"]


def test_a_webhook_has_a_secret_once_two_while_rotating_and_a_log(pax, house, clock):
    made = pax.fills("webhook", url="http://localhost/hook?key=s3cret", events=["shipment.rated"])
    (secret,) = re.findall(r"whsec_[\w+/=]+", made.text)
    assert made.headers["Cache-Control"] == "no-store"
    rotated = pax.fills("webhook", "webhook/rotate")
    (newer,) = re.findall(r"whsec_[\w+/=]+", rotated.text)
    hook = of(house, lambda session: webhooks.of(session, shop(house).id))
    assert hook.secrets(clock()) == (newer, secret)
    assert "Two secrets sign until" in pax.sees("webhook")
    pax.fills("webhook", "webhook/forget")
    pax.fills("webhook", "webhook/test")
    page = pax.sees("webhook")
    assert "endpoint.test" in page
    assert secret not in page
    assert newer not in page
    (sent,) = set(re.findall(r"deliveries/([0-9a-f-]{36})/again", page))
    assert pax.fills("webhook", f"webhook/deliveries/{sent}/again").status_code == 303
    assert "s3cret" not in str(changes(house))
    assert [done for _, _, done, _ in changes(house)] == [
        *("added", "given a new secret", "rid of its old secret", "tried", "asked to deliver again"),
    ]
    pax.fills("webhook", "webhook/off")
    assert "it was switched off by hand" in pax.sees("webhook").lower()
    pax.fills("webhook", "webhook/on")
    assert of(house, lambda session: webhooks.of(session, shop(house).id)).off_since is None


def test_what_is_no_webhook_is_refused_and_another_house_sees_no_deliveries(three, house):
    pax, moss, _ = three
    assert "must begin with https://" in told(pax.fills("webhook", url="ftp://x"))
    assert (
        "open it again"
        in told(pax.client.get(pax.fills("webhook", "webhook/test").headers["Location"])).lower()
    )
    pax.fills("webhook", url="http://localhost/hook")
    pax.fills("webhook", "webhook/test")
    (sent,) = set(re.findall(r"deliveries/([0-9a-f-]{36})/again", pax.sees("webhook")))
    assert sent not in moss.sees("webhook")
    assert moss.fills("webhook", f"webhook/deliveries/{sent}/again").status_code == 404


def test_a_vans_phone_gets_its_addresses_and_pictures_once(pax, house):
    made = pax.fills("vans", van="van 12", label="Pixel")
    assert made.headers["Cache-Control"] == "no-store"
    assert made.text.count("<svg") == 2
    (secret,) = set(re.findall(r"/devices/(\w{26})/", made.text))
    assert of(house, lambda session: devices.find(session, fingerprint(secret))).van == "van 12"
    assert secret not in pax.sees("vans")
    assert secret not in str(changes(house))
    assert pax.fills("vans", "vans/1/end").status_code == 303
    assert of(house, lambda session: devices.find(session, fingerprint(secret))) is None
    assert "A van's name has 1 to 80" in told(pax.fills("vans", van=""))


def test_a_person_comes_changes_roles_and_goes(app, three, house):
    pax, moss, _ = three
    made = pax.fills("people", email="Sam@pax.example", name="Sam", role="agent")
    (password,) = re.findall(r'<code class="secret"[^>]*>([^<]+)</code>', made.text)
    house.passwords["sam@pax.example"] = password
    assert house.sign_in(app.test_client(), "sam@pax.example").status_code == 303
    number = re.search(r"/people/(\d+)/role", pax.sees("people"))[1]
    assert moss.fills("people", f"people/{number}/leave").status_code == 404
    assert pax.fills("people", f"people/{number}/role", was="viewer", role="lead").status_code == 303
    assert "meanwhile. Nothing was changed" in pax.sees("people")
    pax.fills("people", f"people/{number}/role", was="agent", role="lead")
    assert "sam@pax.example is lead" in pax.sees("people")
    assert "already" in told(pax.fills("people", email="sam@pax.example", role="agent"))
    pax.fills("people", f"people/{number}/leave")
    assert "/people/" + number not in pax.sees("people")
    assert "let a person go" in pax.sees("history")


# --- places


LOCKER = {
    "locker": "station", "name": "Main Station", "address": "Platz 1", "lat": "52.5", "lng": "13.4",
    "compartments": "M 300x400x600 x12 max 20000 low\nL 600x600x600 x2",
}  # fmt: skip


def test_a_locker_is_added_changed_and_closed(pax, house, three):
    assert pax.fills("lockers", **LOCKER).status_code == 303
    kept = of(house, lambda session: lockers.named(session, shop(house).id, "station"))
    assert [(box.size, box.count, box.max_weight_g, box.low) for box in kept.compartments] == [
        *(("M", 12, 20_000, True), ("L", 2, 0, False)),
    ]
    assert "already a locker" in told(pax.fills("lockers", **LOCKER))
    assert pax.fills("lockers?locker=station", "lockers", name="Station").status_code == 303
    assert "Station" in pax.sees("lockers")
    assert "station" not in three[1].sees("lockers")
    assert three[1].fills("lockers", "lockers/close", locker="station").status_code == 404
    assert pax.fills("lockers", "lockers/close", locker="station").status_code == 303
    assert "closed" in pax.sees("lockers")


NO_LOCKERS = [
    ({"lat": "north"}, "lat"),
    ({"lat": "952"}, "lat"),
    ({"compartments": "M 3x4"}, "compartments"),
    ({"compartments": ""}, "compartments"),
    ({"name": ""}, "name"),
    ({"hold_hours": "0"}, "hold_hours"),
]


def test_what_is_no_locker_is_named_by_its_field(pax, house):
    for typed, field in NO_LOCKERS:
        answer = pax.fills("lockers", **LOCKER | typed)
        assert answer.status_code == 422
        assert f'id="wrong-f-{field}"' in answer.text
    assert of(house, lambda session: lockers.count(session, shop(house).id)) == 0


SLOT = {
    "slot": "evening", "zone": "north", "capacity": "20",
    "start": "2026-06-16T18:00", "end": "2026-06-16T20:00", "closes_at": "2026-06-16T12:00",
}  # fmt: skip


def test_a_slot_is_kept_by_the_shippers_clock(pax, house):
    assert pax.fills("slots", **SLOT).status_code == 303
    kept = of(house, lambda session: slots.named(session, shop(house).id, "evening"))
    assert kept.start.isoformat() == "2026-06-16T16:00:00+00:00"
    assert "18:00 to 20:00" in pax.sees("slots")
    assert pax.fills("slots?slot=evening", "slots", capacity="5").status_code == 303
    assert changes(house)[-1][3] == {"capacity": ["20", "5"]}
    assert "no such time in Europe/Berlin" in told(
        pax.fills("slots", **SLOT | {"slot": "x", "start": "2026-03-29T02:30"})
    )
    bad = pax.fills("slots", **SLOT | {"slot": "x", "end": "2026-06-16T17:00"})
    assert 'id="wrong-f-end"' in bad.text
    assert 'id="wrong-f-closes_at"' in pax.fills("slots", **SLOT | {"slot": "x", "closes_at": "soon"}).text


def test_what_is_made_good_is_a_line_each(pax, house):
    line = "late 5.00 EUR: A voucher, because we came late"
    assert pax.fills("goodwill", reasons=line).status_code == 303
    assert line in pax.sees("goodwill")
    bad = pax.fills("goodwill", reasons=f"{line}\nbroken money")
    assert "'broken money' cannot be read" in told(bad)
    assert "set what is made good" in pax.sees("history")


ODD = ("\0", "‮", "💣" * 300, "<script>alert(1)</script>", "'; DROP TABLE--", "x" * 30_000)
FIELDS = (
    *(("brand", "name"), ("rules", "hold_days"), ("keys", "label"), ("webhook", "url")),
    *(("people", "name"), ("lockers", "name"), ("slots", "slot"), ("vans", "van"), ("goodwill", "reasons")),
)


def test_odd_words_are_refused_or_kept_as_words_and_never_break_a_page(pax):
    for odd, (page, field) in product(ODD, FIELDS):
        answer = pax.fills(page, **{field: odd})
        assert answer.status_code in (200, 303, 413, 422), (page, answer.status_code)
        assert "<script>alert" not in answer.text


@pytest.mark.engines("sqlite", "postgresql")
def test_a_form_sent_ten_times_at_once_makes_one_key(app, pax, house):
    form = pax.opens("keys")
    cookies = [pax.client.get_cookie(name) for name in ("doorstep-agent", app.config["SESSION_COOKIE_NAME"])]

    def send(_):
        client = app.test_client()
        for cookie in filter(None, cookies):
            client.set_cookie(cookie.key, cookie.value)
        answer = client.post(pax.at("keys"), data=form)
        return answer.status_code, len(re.findall(r"ds_[\w-]{40,}", answer.text))

    with ThreadPoolExecutor(10) as pool:
        answers = sorted(pool.map(send, range(10)))
    assert answers == [(200, 1), *[(303, 0)] * 9]
    assert len(of(house, lambda session: keys.everyone(session))) == 1


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
