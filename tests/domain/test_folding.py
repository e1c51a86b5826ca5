"""What is folded away in a timeline: nothing is lost, nothing that is not well is hidden."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from portal.domain.folding import RUN, Run, beginning, folded, is_long, parted
from portal.domain.timeline import Choice, Entry, Step, Strand, Tone, weave

NINE = datetime(2026, 6, 15, 9, tzinfo=UTC)


def entry(minute: int = 0, *, quiet: bool = False, strand: Strand = Strand.WINDOW, tone: Tone = Tone.PLAIN):
    return Entry(NINE + timedelta(minutes=minute), strand, str(minute), quiet=quiet, tone=tone)


def test_three_quiet_entries_in_a_row_become_one_line_that_says_what_they_are():
    views = entry(1, quiet=True, strand=Strand.VIEW)
    shown = folded([entry(4, quiet=True), entry(3, quiet=True), views, entry(0)])
    assert isinstance(shown[0], Run)
    assert shown[0].words == "2 windows, 1 page view"
    assert shown[1] == entry(0)


def test_two_quiet_entries_stay_as_they_are():
    assert folded([entry(2, quiet=True), entry(1, quiet=True), entry(0)]) == [
        entry(2, quiet=True),
        entry(1, quiet=True),
        entry(0),
    ]


@given(st.lists(st.booleans(), max_size=40))
def test_folding_loses_nothing_and_keeps_the_order(quiet: list[bool]):
    entries = [entry(number, quiet=one) for number, one in enumerate(quiet)]
    again = []
    for item in folded(entries):
        again += item.entries if isinstance(item, Run) else [item]
        assert not isinstance(item, Run) or len(item.entries) >= RUN
    assert again == entries


def test_long_words_show_their_beginning():
    assert is_long("x" * 401) and is_long("\n" * 6) and not is_long("Ring twice.")
    assert beginning("The dog\nhas the lamp") == "The dog …"
    assert len(beginning("x" * 900)) < 120


def test_of_many_steps_the_first_and_the_last_stay_in_sight():
    steps = [Step(str(number)) for number in range(40)]
    first, between, last = parted(steps)
    assert [*first, *between, *last] == steps
    assert (len(first), len(last)) == (2, 3)
    assert parted(steps[:6]) == (steps[:6], (), ())


def test_problems_only_and_several_strands_at_once():
    entries = [
        entry(1, strand=Strand.MESSAGE, tone=Tone.BAD),
        entry(2, strand=Strand.MESSAGE),
        entry(3, strand=Strand.CHANGE, tone=Tone.WARN),
        entry(4, strand=Strand.EVENT, tone=Tone.BAD),
    ]
    both = frozenset({Strand.MESSAGE, Strand.CHANGE})
    assert [one.title for one in weave([entries], Choice(both)).entries] == ["3", "2", "1"]
    line = weave([entries], Choice(both, problems=True))
    assert [one.title for one in line.entries] == ["3", "1"]
    assert (line.problems, line.total) == (3, 4)
