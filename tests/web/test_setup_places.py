"""Lockers, slots and what is made good, put by hand."""

from portal.store import lockers, slots
from tests.setting_up import changes, house, of, operator, pax, shop, three, told

__all__ = ["house", "operator", "pax", "three"]


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
