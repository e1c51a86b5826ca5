"""A carrier's spreadsheet: good rows are kept, bad ones named by line, the same file again changes nothing."""

import pytest

from portal.app import create_app
from portal.config import Settings
from portal.store import consents, shipments

HEADER = (
    "reference,name,phone,address,locality,postcode,country,window_start,window_end,parcel,width_mm,colour\n"
)
ANN = "A-1,Ann Archer,+12025550123,12 Mill Lane,Harbourton,12345,US,2026-06-15 14:00,2026-06-15 16:00,P-1,200,red\n"
BEN = "A-2,Ben Baker,(202) 555-0124,3 Mill Lane,Harbourton,12345,US,,,,,\n"
BAD = (
    "A-3,Cy Cole,12,4 Mill Lane,Harbourton,12345,US,,,,,\n"
    ",Di Dale,,5 Mill Lane,Harbourton,12345,Germany,,,,,\n"
    "A-1,Ed Eve,,6 Mill Lane,Harbourton,12345,US,,,,,\n"
    "A-6,Fay Fox,,7 Mill Lane,Harbourton,12345,US,2026-06-15 16:00,2026-06-15 14:00,,wide,\n"
)


@pytest.fixture
def carrier(migrated):
    migrated.types("shipper", "add", "Acme Books", "--timezone", "America/New_York")
    return migrated


@pytest.fixture
def sheet(tmp_path):
    """Write a file; returns its path."""

    def sheet(text, encoding="utf-8"):
        (tmp_path / "day.csv").write_bytes(text.encode(encoding))
        return str(tmp_path / "day.csv")

    return sheet


def kept(reference):
    """A shipment as it was kept."""
    app = create_app(Settings())
    with app.app_context(), app.extensions["doorstep"].reading() as session:
        return shipments.by_references(session, [(1, reference)])[1, reference].shipment


def test_rows_become_shipments_and_the_same_file_again_changes_nothing(carrier, sheet):
    file = sheet(HEADER + ANN + BEN)
    first = carrier.types("import", "shipments", file)
    assert (first.exit_code, first.stdout) == (0, "2 created, 0 updated, 0 unchanged, 0 rejected.\n")
    assert "not kept: colour" in first.stderr
    assert carrier.types("import", "shipments", file).stdout.startswith("0 created, 0 updated, 2 unchanged")
    later = carrier.types("import", "shipments", sheet(HEADER + ANN.replace("12 Mill", "14 Mill") + BEN))
    assert later.stdout.startswith("0 created, 1 updated, 1 unchanged")
    ann, ben = kept("A-1"), kept("A-2")
    assert ann.planned.start.isoformat() == "2026-06-15T18:00:00+00:00"
    assert ben.recipient.phone == "+12025550124"


def test_bad_rows_are_named_and_their_neighbors_kept(carrier, sheet):
    result = carrier.types("import", "shipments", sheet(HEADER + ANN + BAD + BEN))
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert lines[0].startswith("line 3: phone: this is no phone number")
    assert lines[1] == (
        "line 4: reference: this field is needed; country: country is two letters, ISO 3166-1, such as US or DE"
    )
    assert lines[2] == "line 5: reference: 'A-1' stands in line 2 already"
    assert "width_mm: Input should be a valid integer" in lines[3]
    assert "window: the window must end after it starts" in lines[3]
    assert lines[4] == "2 created, 0 updated, 0 unchanged, 4 rejected."
    assert "4 of 6 rows were not taken" in result.stderr


def test_a_sheet_may_say_who_agreed_to_texts(carrier, sheet):
    header = HEADER.replace("colour", "sms_consent,sms_consent_at,sms_consent_source")
    agreed = ANN.replace(",red\n", ",yes,2026-06-01 09:00,checkout\n")
    assert carrier.types("import", "shipments", sheet(header + agreed)).stdout.startswith("1 created")
    half = carrier.types("import", "shipments", sheet(header + BEN.replace(",\n", ",yes,,\n")))
    assert "sms_consent_at: this field is needed" in half.stdout
    app = create_app(Settings())
    with app.app_context(), app.extensions["doorstep"].reading() as session:
        (row,) = session.execute(consents.CONSENTS.select()).all()
    assert (row.given, row.source) == (True, "shipper: checkout")
    assert row.at.isoformat() == "2026-06-01T13:00:00+00:00"


@pytest.mark.engines("sqlite")
def test_a_sheet_of_a_german_office_is_read(carrier, sheet):
    text = (HEADER + ANN).replace(",", ";")
    assert carrier.types("import", "shipments", sheet(text, "utf-8-sig")).stdout.startswith("1 created")


@pytest.mark.engines("sqlite")
def test_a_file_that_cannot_be_read_is_told_in_one_sentence(carrier, sheet, tmp_path):
    assert (
        carrier.is_told("import", "shipments", "none.csv")
        == "none.csv cannot be read: No such file or directory."
    )
    assert "cannot be read" in carrier.is_told("import", "shipments", str(tmp_path))
    missing = carrier.is_told("import", "shipments", sheet("reference,name\nA-1,Ann\n"))
    assert missing.endswith("line 1: missing column address, locality, postcode, country.")
    assert "save it as CSV in UTF-8" in carrier.is_told("import", "shipments", sheet(HEADER + "ü", "latin-1"))
    assert "missing column" in carrier.is_told("import", "shipments", sheet(""))


@pytest.mark.engines("sqlite")
def test_with_several_shippers_one_is_named(carrier, sheet):
    carrier.types("shipper", "add", "Blue Shoes")
    unnamed = carrier.types("import", "shipments", sheet(HEADER + ANN))
    assert unnamed.stdout.startswith("line 2: shipper: name one; there are: acme-books, blue-shoes")
    named = carrier.types("import", "shipments", sheet(HEADER + ANN), "--shipper", "acme-books")
    assert named.stdout.startswith("1 created")
    assert carrier.is_told("import", "shipments", sheet(HEADER), "--shipper", "nobody").startswith(
        "there is no"
    )
