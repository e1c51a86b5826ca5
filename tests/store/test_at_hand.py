"""What is kept at hand is read anew now and then, and stays while the database is away."""

from contextlib import contextmanager

from sqlalchemy.exc import OperationalError

from portal.store.at_hand import AtHand


class Shelf:
    """A database of one number that can be away."""

    def __init__(self):
        self.number, self.away, self.asked = 1, False, 0

    @contextmanager
    def reading(self):
        self.asked += 1
        if self.away:
            raise OperationalError("select", {}, Exception("away"))
        yield self


def test_it_is_read_once_and_again_when_it_was_forgotten():
    shelf = Shelf()
    hand = AtHand(shelf, lambda session: session.number, seconds=60, before=0)
    assert [hand(), hand(), hand()] == [1, 1, 1]
    shelf.number = 2
    assert (hand(), shelf.asked) == (1, 1)
    hand.forget()
    assert hand() == 2


def test_what_was_read_last_stays_while_the_database_is_away():
    shelf = Shelf()
    hand = AtHand(shelf, lambda session: session.number, seconds=60, before=0)
    shelf.away = True
    assert (hand(), hand(), shelf.asked) == (0, 0, 1)
    shelf.away = False
    hand.forget()
    assert hand() == 1
