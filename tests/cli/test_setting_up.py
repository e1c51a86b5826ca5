"""What an operator types first, right and wrong: each mistake gets one sentence and a failing exit."""

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from notifications.message import Channel
from notifications.senders import Health, Report
from portal.store import senders
from tests.conftest import A_MONDAY

FIRST = (
    "db",
    "doctor",
    "shipper",
    "key",
    "source",
    "agent",
    "serve",
    "web",
    "worker",
    "clock",
    "demo",
    "replay",
    "roads",
)


@pytest.mark.parametrize("command", FIRST)
def test_every_command_explains_itself(terminal, command):
    assert "Usage: doorstep" in terminal.types(command, "--help").output


def test_the_first_things_an_operator_does(terminal):
    assert terminal.types("db", "upgrade").exit_code == 0
    assert "acme-books" in terminal.types("shipper", "add", "Acme Books").output
    assert terminal.types("key", "add", "--shipper", "acme-books").output.splitlines()[1].startswith("ds_")
    assert "/console" in terminal.types("agent", "add", "sam@example.com").output
    assert terminal.types("key", "revoke", "1").exit_code == 0
    checked = terminal.types("doctor")
    assert (checked.exit_code, "FIX" in checked.output) == (0, False)


def test_a_shipper_gets_a_monthly_ceiling(terminal):
    terminal.types("db", "upgrade")
    terminal.types("shipper", "add", "Acme Books")
    assert "250 a month" in terminal.types("shipper", "ceiling", "acme-books", "250").output
    assert "without a ceiling" in terminal.types("shipper", "ceiling", "acme-books", "0").output
    assert "no amount" in terminal.is_told("shipper", "ceiling", "acme-books", "much")
    assert "between 0" in terminal.is_told("shipper", "ceiling", "acme-books", "1e99")
    assert "no shipper 'birch'" in terminal.is_told("shipper", "ceiling", "birch", "5")


def test_a_shippers_rules_are_set_and_read(terminal):
    terminal.types("db", "upgrade")
    terminal.types("shipper", "add", "Acme Books")
    rules = ("shipper", "rules", "acme-books")
    assert "usual rules" in terminal.types(*rules).output
    terminal.types(*rules, "hold_days=7", "forbids=hold,locker", "notice_stops.neighbor=3")
    said = terminal.types(*rules, "notice_stops.locker=5").output.split()
    assert said == ["forbids=hold,locker", "hold_days=7", "notice_stops.locker=5", "notice_stops.neighbor=3"]
    assert "no shipper 'birch'" in terminal.is_told("shipper", "rules", "birch")
    assert "from 1 to 60" in terminal.is_told(*rules, "hold_days=900")
    assert "no kind of change" in terminal.is_told(*rules, "forbids=moon")
    assert "no rule" in terminal.is_told(*rules, "colour=blue")
    assert "refuse or accept" in terminal.is_told(*rules, "if_unanswered=maybe")


def test_a_shippers_map_is_set_and_never_too_fine(terminal):
    terminal.types("db", "upgrade")
    terminal.types("shipper", "add", "Acme Books")
    rules = ("shipper", "rules", "acme-books")
    terminal.types(*rules, "map.van=minutes:30", "map.route_ahead=never", "map.blur_m=500")
    said = terminal.types(*rules, "map.near_blur_m=25", "map.van=stops:5").output.split()
    assert said == ["map.blur_m=500", "map.near_blur_m=25", "map.route_ahead=never", "map.van=stops:5"]
    assert "from 100 to 2,000" in terminal.is_told(*rules, "map.blur_m=99")
    assert "from 25 to 2,000" in terminal.is_told(*rules, "map.near_blur_m=0")
    assert "from 1 to 200" in terminal.is_told(*rules, "map.van=stops:0")
    for text in ("sometimes", "stops", "miles:3", ""):
        assert "map.van is never, always, or one like" in terminal.is_told(*rules, f"map.van={text}")
    assert "no rule of the map" in terminal.is_told(*rules, "map.driver=always")


def test_the_doctor_names_a_stopped_sender_and_has_it_tried_again(migrated, database_url):
    migrated.sets(**FIRST_SENDER, TWILIO_2_FROM="+12025550200")
    assert "ok  TWILIO_2_FROM: a second sender takes over" in migrated.types("doctor").output
    stopped = Report(
        "twilio", Channel.SMS, Health.STOPPED, A_MONDAY, A_MONDAY, "20003", "They do not know us."
    )
    engine = create_engine(database_url)
    with Session(engine) as session:
        senders.note(session, stopped, set(Health))
        session.commit()
    checked = migrated.types("doctor")
    assert checked.exit_code == 1
    assert "FIX Sender twilio is stopped: 20003 They do not know us. It is tried again now." in checked.output
    with Session(engine) as session:
        assert senders.reports(session)["twilio"].until is None
    engine.dispose()


FIRST_SENDER = {
    "TWILIO_ACCOUNT_SID": "AC1",
    "TWILIO_AUTH_TOKEN": "token",
    "TWILIO_FROM": "+12025550100",
}
WRONG_SETTINGS = [
    ({"DATABASE_URL": "bogus"}, "DATABASE_URL must look like postgresql://"),
    ({"DATABASE_URL": "mysql://x/y"}, "DATABASE_URL must begin with postgresql:// or sqlite:///"),
    ({"DATABASE_URL": "postgresql://u:p@h:port/x"}, "DATABASE_URL must look like postgresql://"),
    ({"DATABASE_URL": "postgresql://u:p@127.0.0.1:1/x"}, "DATABASE_URL: the database does not answer"),
    ({"REDIS_URL": "nonsense"}, "REDIS_URL must look like redis://"),
    ({"REDIS_URL": "redis://127.0.0.1:1/0"}, "REDIS_URL with SQLite"),
    ({"LOG_LEVEL": "loud"}, "LOG_LEVEL must be one of DEBUG"),
    ({"LEVEL": "50"}, "LEVEL must be 80 or 90"),
    ({"MAP_TILES_URL": "https://tiles.example.com/{z}/{x}/{y}.png"}, "MAP_ATTRIBUTION is missing"),
    ({"SMS_PRICES": "DE=0.08"}, "'DE=0.08': a price is written like +49=0.081"),
    ({"THREADS": "many"}, "THREADS: Input should be a valid integer"),
    ({"PUBLIC_URL": "https://track.example.com"}, "SECRET_KEY is missing or short"),
]


SECOND_SENDERS = [
    ({"TWILIO_2_FROM": "+12025550200"}, "TWILIO_ACCOUNT_SID is missing"),
    ({"TWILIO_2_ACCOUNT_SID": "AC2", "TWILIO_2_AUTH_TOKEN": "t", **FIRST_SENDER}, "TWILIO_2_FROM or"),
    (
        {"TWILIO_2_ACCOUNT_SID": "AC2", "TWILIO_2_FROM": "+12025550200", **FIRST_SENDER},
        "TWILIO_2_AUTH_TOKEN is missing",
    ),
    ({"TWILIO_SEGMENTS_PER_SECOND": "-1"}, "TWILIO_SEGMENTS_PER_SECOND: Input should be greater"),
    ({"SENDGRID_GROUP_ID": "news"}, "SENDGRID_GROUP_ID: Input should be a valid integer"),
]


@pytest.mark.parametrize(("settings", "sentence"), WRONG_SETTINGS + SECOND_SENDERS)
def test_a_wrong_setting_is_named(terminal, settings, sentence):
    terminal.sets(**settings)
    assert terminal.is_told("shipper", "add", "Acme").startswith(sentence)
    assert terminal.is_told("serve", "--port", "1").startswith(sentence)


def test_without_tables_the_upgrade_is_named(terminal):
    assert "run `doorstep db upgrade`" in terminal.is_told("serve")
    assert "run `doorstep db upgrade`" in terminal.is_told("key", "add")
    assert "run `doorstep db upgrade`" in terminal.is_told("serve")
    assert "FIX The database has no tables yet" in terminal.types("doctor").output


@pytest.mark.engines("postgresql")
def test_without_tables_the_upgrade_is_named_on_postgresql_too(terminal, empty_database_url):
    terminal.sets(DATABASE_URL=empty_database_url)
    assert "run `doorstep db upgrade`" in terminal.is_told("key", "add")


def test_a_file_that_is_no_database_is_named(terminal, tmp_path):
    (tmp_path / "some.db").write_text("a letter, not a database" * 100)
    terminal.sets(DATABASE_URL=f"sqlite:///{tmp_path / 'some.db'}")
    assert terminal.is_told("db", "upgrade").endswith("file is not a database.")


MISTAKES = [
    (("shipper", "add", "!"), "a shipper needs a name"),
    (("shipper", "add", "x" * 121), "a shipper's name has at most 120"),
    (("shipper", "add", "A", "--timezone", "Mars"), "'Mars' is no IANA time zone"),
    (("shipper", "add", "A", "--country", "Germany"), "'Germany' is no country"),
    (("shipper", "add", "A", "--language", "tlh"), "'tlh' is no language we speak; there are de, en"),
    (("shipper", "add", "A", "--color", "red"), "'red' is no color"),
    (("key", "add", "--shipper", "nobody"), "there is no shipper 'nobody'"),
    (("key", "add", "--scope", "everything"), "'everything' is no scope"),
    (("key", "revoke", "77"), "there is no key 77"),
    (("agent", "add", "sam"), "'sam' is no email address"),
    (("web",), "REDIS_URL is not set"),
    (("worker",), "REDIS_URL is not set"),
    (("clock",), "REDIS_URL is not set"),
]


@pytest.mark.parametrize(("words", "sentence"), MISTAKES)
def test_a_mistake_gets_one_sentence(migrated, words, sentence):
    assert migrated.is_told(*words).startswith(sentence)


@pytest.mark.engines("sqlite")
def test_a_port_in_use_is_not_shared(migrated, taken_port):
    told = migrated.is_told("serve", "--port", str(taken_port))
    assert (
        told
        == f"127.0.0.1:{taken_port} cannot be used: address already in use; choose with --host and --port."
    )


@pytest.mark.engines("postgresql")
def test_the_doctor_asks_the_broker(migrated):
    migrated.sets(REDIS_URL="redis://127.0.0.1:1/0")
    assert "FIX REDIS_URL: Redis does not answer" in migrated.types("doctor").output
