"""Making good by command: reasons, ceilings, and what was given."""


def test_reasons_and_ceilings_are_set_listed_and_taken_away(migrated):
    migrated.types("shipper", "add", "Fern & Kettle", "--slug", "fern")
    said = migrated.types("shipper", "goodwill", "set", "fern", "late", "Late delivery", "5", "EUR")
    assert said.output == "late: Late delivery, 5.00 EUR\n"
    migrated.types("shipper", "goodwill", "set", "fern", "points", "A scratch", "200", "points", "--quiet")
    said = migrated.types("shipper", "goodwill", "ceiling", "fern", "agent", "7,50", "EUR")
    assert said.output.splitlines() == [
        "late: Late delivery, 5.00 EUR",
        "points: A scratch, 200 points, the recipient is not told",
        "agent: at most 7.50 EUR a shipment",
    ]
    migrated.types("shipper", "goodwill", "ceiling", "fern", "agent", "none", "EUR")
    assert migrated.types("shipper", "goodwill", "remove", "fern", "late").output.splitlines() == [
        "points: A scratch, 200 points, the recipient is not told"
    ]
    assert migrated.types("shipper", "goodwill", "given", "fern").output.startswith(
        "\ufeffgift,shipment,reason"
    )


def test_what_cannot_be_is_said_in_one_sentence(migrated):
    migrated.types("shipper", "add", "Fern & Kettle", "--slug", "fern")
    assert "no amount" in migrated.is_told(
        "shipper", "goodwill", "set", "fern", "late", "Late", "five", "EUR"
    )
    assert "small letters" in migrated.is_told(
        "shipper", "goodwill", "set", "fern", "La te", "Late", "5", "EUR"
    )
    assert "no reason" in migrated.is_told("shipper", "goodwill", "remove", "fern", "late")
    assert "make a link" in migrated.is_told(
        "shipper", "goodwill", "set", "fern", "late", "Late, see evil.example", "5", "EUR"
    )
