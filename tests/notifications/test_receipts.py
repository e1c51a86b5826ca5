"""Receipts move a message forward, whatever order they come in."""

import itertools

from notifications.message import Standing
from notifications.receipts import RANK, forward


def test_every_standing_has_a_rank():
    assert set(RANK) == set(Standing)


def test_no_receipt_moves_a_message_back():
    for stands, told in itertools.product(Standing, Standing):
        assert RANK[forward(stands, told)] >= RANK[stands]


def test_any_order_of_the_same_receipts_ends_the_same():
    told = (Standing.SENT, Standing.DELIVERED, Standing.FAILED)
    ends = set()
    for order in itertools.permutations(told):
        standing = Standing.SENDING
        for one in order:
            standing = forward(standing, one)
        ends.add(standing)
    assert ends == {Standing.DELIVERED}
