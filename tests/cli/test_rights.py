"""An operator hands over and forgets by command; what is printed and logged (`output` has both) names nobody."""

import json
import zipfile

import pytest

from portal import jobs
from portal.app import create_app
from tests.flows.test_forgetting import JANE, STRINGS, delivered, dump
from tests.office import Office

SPELLED = "0170 1234-5678"


@pytest.fixture
def office(migrated, clock, tmp_path):
    migrated.sets(FILES_DIR=str(tmp_path / "files"), INSTANCE_PATH=str(tmp_path), LOG_LEVEL="DEBUG")
    office = Office(create_app(clock=clock), clock)
    with office.app.app_context():
        delivered(office, office.shop("acme"))
        office.clock.forward(minutes=10)
        jobs.outbox(office.kit)
    return office


def test_what_is_held_is_written_and_nobody_is_named_meanwhile(office, migrated, tmp_path):
    told = migrated.types("export", "person", "--phone", SPELLED, "--out", str(tmp_path / "jane.zip"))
    assert told.exit_code == 0, told.output
    with zipfile.ZipFile(tmp_path / "jane.zip") as packed:
        assert JANE["name"] in json.dumps(json.loads(packed.read("person.json")), ensure_ascii=False)
    assert (tmp_path / "jane.zip").stat().st_mode & 0o077 == 0
    assert not any(string in told.output for string in STRINGS)


def test_somebody_is_forgotten_after_a_question_and_nobody_is_named(office, migrated):
    dry = migrated.types("erase", "person", "--email", JANE["email"], "--dry-run")
    assert "Nothing was changed" in dry.output and "Quellwasser" in dump(office)
    told = migrated.types("erase", "person", "--email", JANE["email"].upper(), "--yes", "--case", "GDPR-7")
    assert told.exit_code == 0, told.output
    assert [string for string in STRINGS if string in dump(office)] == []
    assert not any(string in dry.output + told.output for string in STRINGS)
    assert "Every request is done." in migrated.types("erase", "status").output
    assert "0 were forgotten again" in migrated.types("erase", "replay").output


def test_what_cannot_be_read_ends_in_a_sentence(migrated):
    assert migrated.is_told("erase", "person", "--phone", "nobody").startswith("This is no phone number")
    assert migrated.is_told("erase", "person").startswith("Say who it is about")
    assert migrated.is_told("export", "person", "--email", "a@b.example", "--shipper", "nope").startswith(
        "there is no shipper"
    )
