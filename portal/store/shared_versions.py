"""Which answers of the live poll are still good, for many processes on one Redis or Valkey.

The database is the record; Redis only says whether an answer may be given again. A transaction marks its shipments
before it commits and forgets them afterwards. While a mark is there no answer is kept, so that a process which dies
between the two leaves nothing stale: the mark outlives every commit and every reader that began before it, then goes.
When Redis does not answer, everybody asks the database, and what could not be forgotten is forgotten on its return.
"""

import os
import secrets
import threading
import time
from collections.abc import Iterable
from datetime import datetime
from threading import Lock

from portal.store.redis_line import Away, RedisLine, Script
from portal.store.versions import Known, Ticket

# A mark lasts longer than any commit (statements end after 15 s) and than anybody may take from ticket to answer.
MARK_SECONDS = 30
LONGEST_READING_SECONDS = 20.0
# The longest that an answer can be wrong: by a process that commits while it alone cannot reach Redis, and dies so.
ANSWER_SECONDS = 120
LINK_SECONDS = 3_600
CHUNK = 500
MOST_OWED = 50_000

SINCE, LINK, MARK, ANSWERS = "doorstep:since", "doorstep:link:", "doorstep:mark:", "doorstep:answers:"
BEFORE, AFTER = "before", "after"

# The epoch tells a flushed Redis from the one that counted the ticket.
TICKET = Script("""
redis.call('HSETNX', KEYS[1], 'epoch', ARGV[1])
return redis.call('HMGET', KEYS[1], 'epoch', 'count')
""")

KNOWN = Script("""
local shipment = redis.call('GET', KEYS[1])
return shipment and redis.call('HGET', ARGV[1] .. shipment, ARGV[2])
""")

KEEP = Script("""
if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[1] then return 0 end
local mark = redis.call('HMGET', KEYS[2], 'count', 'by')
if mark[2] or (mark[1] and tonumber(mark[1]) > tonumber(ARGV[2])) then return 0 end
redis.call('HSET', KEYS[3], ARGV[3], ARGV[4])
if redis.call('PTTL', KEYS[3]) < 0 then redis.call('EXPIRE', KEYS[3], ARGV[5]) end
redis.call('SET', KEYS[4], ARGV[6], 'EX', ARGV[7])
return 1
""")

# A mark by two transactions at once is left to run out: neither knows when the other is done.
FORGET = Script("""
local count = redis.call('HINCRBY', KEYS[1], 'count', 1)
for i = 2, #KEYS, 2 do
  local by = redis.call('HGET', KEYS[i], 'by')
  if ARGV[2] == 'before' then
    by = (by and by ~= ARGV[1]) and 'many' or ARGV[1]
  elseif by == ARGV[1] then
    by = false
  end
  redis.call('DEL', KEYS[i], KEYS[i + 1])
  redis.call('HSET', KEYS[i], 'count', count)
  if by then redis.call('HSET', KEYS[i], 'by', by) end
  redis.call('EXPIRE', KEYS[i], ARGV[3])
end
return count
""")

# So much is owed that single shipments do not count: no ticket so far is good, and no answer.
FORGET_ALL = Script("""
redis.call('HSET', KEYS[1], 'epoch', ARGV[1])
local cursor = '0'
repeat
  local page = redis.call('SCAN', cursor, 'MATCH', ARGV[2], 'COUNT', 1000)
  cursor = page[1]
  if #page[2] > 0 then redis.call('DEL', unpack(page[2])) end
until cursor == '0'
return 0
""")


class SharedVersions:
    """For many processes: see the module. Keys are named `doorstep:…`, and all but one run out by themselves."""

    def __init__(self, line: RedisLine) -> None:
        self._line = line
        self._line.on_return = self._pay
        self._lock = Lock()
        self._owed: set[int] = set()
        self._name = secrets.token_hex(6)

    def ticket(self) -> Ticket:
        """The count of everything forgotten so far; one that keeps nothing while Redis is away."""
        at = time.monotonic()
        try:
            epoch, count = self._line.run(TICKET, [SINCE], secrets.token_hex(8))
        except Away:
            return Ticket(-1)
        return Ticket(int(count or 0), epoch, at)

    def known(self, fingerprint: str, name: str) -> Known | None:
        """The answer kept for this link by whichever process."""
        try:
            kept = self._line.run(KNOWN, [LINK + fingerprint], ANSWERS, name)
        except Away:
            return None
        if not kept:
            return None
        until, interval_s, etag = kept.split(" ", 2)
        return Known(etag, datetime.fromisoformat(until), float(interval_s))

    def keep(self, fingerprint: str, name: str, shipment_id: int, answer: Known, ticket: Ticket) -> None:
        """Keep an answer unless its shipment changed since the ticket, or is about to."""
        if ticket.count < 0 or time.monotonic() - ticket.at > LONGEST_READING_SECONDS:
            return
        keys = [SINCE, f"{MARK}{shipment_id}", f"{ANSWERS}{shipment_id}", LINK + fingerprint]
        value = f"{answer.good_until.isoformat()} {answer.interval_s:g} {answer.etag}"
        args = (ticket.epoch, ticket.count, name, value, ANSWER_SECONDS, shipment_id, LINK_SECONDS)
        try:
            self._line.run(KEEP, keys, *args)
        except Away:
            return

    def changing(self, shipment_ids: set[int]) -> None:
        """Mark them: until the commit is known, or 30 s are over, no answer is kept."""
        self._forget(shipment_ids, BEFORE)

    def forget(self, shipment_ids: set[int]) -> None:
        """Forget them and take the mark away."""
        self._forget(shipment_ids, AFTER)

    def _forget(self, shipment_ids: set[int], when: str) -> None:
        try:
            for keys in _chunks(shipment_ids):
                self._line.run(FORGET, keys, self._me(), when, MARK_SECONDS)
        except Away as away:
            with self._lock:
                self._owed |= shipment_ids
            # Redis may have come back since, with nobody left to pay
            self._line.rest(away)

    def _me(self) -> str:
        """Who marks: a thread has one transaction at a time, and forked processes share a name."""
        return f"{self._name}-{os.getpid()}-{threading.get_ident()}"

    def _pay(self) -> None:
        """Redis may be back: forget there what was forgotten here meanwhile. Raises the client's errors."""
        while True:
            with self._lock:
                owed, self._owed = self._owed, set()
            try:
                self._forget_late(owed)
            except BaseException:
                with self._lock:
                    self._owed |= owed
                raise
            if not self._owed:
                return

    def _forget_late(self, owed: set[int]) -> None:
        if len(owed) > MOST_OWED:
            self._line.ask(FORGET_ALL, [SINCE], secrets.token_hex(8), f"{ANSWERS}*")
            return
        for keys in _chunks(owed) if owed else [[SINCE]]:
            self._line.ask(FORGET, keys, self._me(), AFTER, MARK_SECONDS)


def _chunks(shipment_ids: Iterable[int]) -> Iterable[list[str]]:
    ids = sorted(shipment_ids)
    for start in range(0, len(ids), CHUNK):
        part = ids[start : start + CHUNK]
        yield [SINCE, *(key for id_ in part for key in (f"{MARK}{id_}", f"{ANSWERS}{id_}"))]
