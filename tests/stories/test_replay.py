"""Finished rounds are played through the public doors, and windows scored as recipients saw them."""

import json

import pytest
from click.testing import CliRunner

from portal.app import create_app
from portal.cli import doorstep
from tests.demo.replay_rounds import file, rows, two_rounds


def replay(*arguments) -> tuple[int, str]:
    done = CliRunner().invoke(doorstep, ["replay", *map(str, arguments)], obj=create_app)
    return done.exit_code, done.output


def test_two_small_rounds_are_played_and_scored(tmp_path):
    code, said = replay(two_rounds(tmp_path), "--report", tmp_path / "report.json")
    assert code == 0, said
    figures = json.loads((tmp_path / "report.json").read_text())
    assert (figures["rounds"], figures["deliveries"], figures["level"]) == (2, 21, 0.9)
    # The first stop of a round is how we learn that it began.
    assert figures["deliveries_with_a_window"] == 19
    assert {row["stops_away"]: row["shown"] for row in figures["by_stops"]}[1] == 19
    for row in figures["buckets"] + figures["by_stops"]:
        assert abs(row["held"] + row["late"] + row["early"] - 1) < 0.01
    assert "minutes left" in said


def test_learning_from_the_rounds_that_are_scored_is_refused(tmp_path):
    path = two_rounds(tmp_path)
    code, said = replay(path, "--calibrate-on", path)
    assert code != 0
    assert "round R1 is both learned from and scored" in said


def test_other_rounds_may_teach(tmp_path):
    others = file(tmp_path, *(line for number in range(3, 9) for line in rows(f"T{number}", 15, number)))
    code, said = replay(file(tmp_path, *rows("R1", 6, 1)), "--calibrate-on", others, "--level", "80")
    assert code == 0, said
    assert "80%" in said


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nowhere.csv"], "nowhere.csv cannot be read"),
        (["FILE", "--speed", "-1"], "--speed must be 0 or more"),
        (["FILE", "--report", "no/such/folder/report.json"], "cannot be written"),
    ],
)
def test_what_cannot_be_done_is_one_clear_sentence(tmp_path, arguments, says):
    path = two_rounds(tmp_path)
    code, said = replay(*(path if argument == "FILE" else argument for argument in arguments))
    assert code != 0
    assert says in said
    assert "Traceback" not in said
