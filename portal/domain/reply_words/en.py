"""English words in answers to our texts."""

from portal.domain.reply_words.concepts import Concept as C
from portal.domain.reply_words.concepts import Table

ENGLISH: Table = {
    C.FILLER: """would be great, would be good, would be better, would be best, would be perfect, would be
        fine, would be ideal, a, an, the, it, its, it's, this, that, them, my, our, your, me, i, we, you, us,
        i'd, id, i'll, we'll, would, like, want, need, prefer, rather, for, on, in, of, with, so, just, then,
        instead, is, be, are, am, i'm, im, we're, that's, thats, have, get, got it, hi, hello, hey, dear, good
        morning, good afternoon, good evening, good day, sir, madam, team, there, day, date, time, slot,
        window, option, choice, delivery time, change, move, switch, make, make it, take, i'll take, fine,
        good, better, best, works, suits, works for me, if possible, if you can, any time, anytime, all day,
        whole day, sometime, also, well, parcel's""",
    C.POLITE: "please, pls, plz, kindly, if that's ok, if ok, if that is ok",
    C.ITEM: """parcel, parcels, package, packages, packet, delivery, order, shipment, box, stuff, item, items,
        driver, van""",
    C.HOME: "home, at home, back home",
    C.WHERE: """where, where's, wheres, where is, where are, whereabouts, when, when's, whens, what time,
        which day, what day, how long, how far, eta, status, track, tracking, any news, any update, update,
        wismo""",
    C.ASKS: """will it, will you, will my, will the, is it, is my, is the, does it, has it, has my, have you,
        are you, is it coming, are you coming, is he coming, coming today, arrive, arrives, arriving, arrived,
        be here, be delivered, delivered, be there""",
    C.MAY: """can, could, can you, could you, would you, can i, could i, may i, can we, could we, possible, is
        it possible, would it be possible, let me know""",
    C.REQUEST: """bring, bring it, deliver, deliver it, redeliver, come, come back, send, send it, try again,
        ask, tell, arrange, schedule, book""",
    C.LEAVE: """leave, leave it, drop, drop it, drop off, drop it off, give, give it, hand, hand it, put, put
        it, place, use, leaving""",
    C.NEIGHBOR: """neighbor, neighbors, neighbour, neighbours, neighbor's, neighbour's, neigbour, neigbor,
        neighbur, next door, nextdoor, next-door neighbor, next-door neighbour""",
    C.NUMBER: "number, house number, house, nr, num, numbered, door number, house no",
    C.TITLE: "mr, mrs, ms, miss, mister, dr, family, called, named, name is",
    C.LOCKER: "locker, lockers, parcel locker, package locker, pickup locker, a locker, the locker",
    C.AWAY: """not home, not at home, not in, isn't in, isn't home, nobody home, nobody is home, nobody's
        home, nobody in, no one home, no one is home, no one's home, noone home, won't be home, won't be in,
        wont be home, wont be in, won't be at home, will not be home, will not be in, can't be home, cannot be
        home, away, out, we are out, i am out, i'm out, not there, won't be there, not available, unavailable,
        at work""",
    C.NOT_TODAY: "not today",
    C.LATER: """later, another day, another time, other day, other time, different day, different time, a
        later time, some other time, some other day, reschedule, postpone, new time, new date, new day, new
        window, rearrange, delay it""",
    C.UNDO: """undo the change, undo my change, undo the last change, undo my last change, undo, undo it, undo
        that, undo this, take it back, take that back, take back, revert, revert it, reverse it""",
    C.CODE: "code, pin, the code is, my code is, code is",
    C.YES: """yes, yeah, yep, yup, y, ok, okay, k, sure, confirm, confirmed, i confirm, agreed, yes please, ok
        then, go ahead""",
    C.NO: "no, nope, nah, no thanks, no thank you, n",
    C.THANKS: """thanks, thank you, thank u, thx, ty, cheers, many thanks, thanks a lot, thanks so much, thank
        you very much, thank you so much, much appreciated, thanks again""",
    C.PRAISE: """great, perfect, super, awesome, nice, excellent, cool, lovely, brilliant, wonderful, no
        problem, no worries, all good, got it thanks, received, amazing, well done""",
    C.ONE: "one, first, the first one, first one, 1st",
    C.TWO: "two, second, the second one, second one, 2nd",
    C.THREE: "three, third, the third one, third one, 3rd",
    C.NOT: """floor, flat, apartment, apt, unit, left, right, basement, not, don't, dont, do not, never, no
        longer, no more, can't, cant, cannot, won't, wont, isn't, isnt, doesn't, doesnt, didn't, didnt,
        wasn't, haven't, hasn't, without, except, unless, neither, nor, none, nobody, no one, noone, anything
        but, instead of, rather than, but, if, or, only, until then, yesterday, refuse, refuses, refused, has,
        had, took, takes, stole, stolen, said, says, gave, got, told, tells, was, were, did, does, hates,
        complained, complains, lost, opened, moved, died, never mind, nevermind, cancel, cancelled, stop,
        wrong, why, again, already, street, road, lane, avenue, drive, court, st, rd, ave, see you, next week,
        next month, my own, avoid, too, won, sold, opens, bad, impossible, ill, sick""",
    C.TODAY: "today",
    C.TOMORROW: "tomorrow, tommorow, tommorrow, tomorow, tmrw, tmr, tomo, 2morrow, 2moro, tomoro",
    C.IN_TWO_DAYS: "day after tomorrow, the day after tomorrow, overmorrow",
    (C.TODAY, C.MORNING): "this morning",
    (C.TODAY, C.AFTERNOON): "this afternoon",
    (C.TODAY, C.EVENING): "tonight, this evening, tonite",
    C.MONDAY: "monday, mon",
    C.TUESDAY: "tuesday, tue, tues",
    C.WEDNESDAY: "wednesday, wed, weds",
    C.THURSDAY: "thursday, thu, thur, thurs",
    C.FRIDAY: "friday, fri",
    C.SATURDAY: "saturday, sat",
    C.SUNDAY: "sunday, sun",
    C.NEXT: "next, coming",
    C.MONTH: """january, february, march, april, may, june, july, august, september, october, november,
        december""",
    C.MORNING: "morning, mornings, in the morning, early morning, late morning",
    C.NOON: "noon, midday, lunchtime, lunch time, at noon",
    C.AFTERNOON: "afternoon, afternoons, in the afternoon, early afternoon, late afternoon, pm",
    C.EVENING: "evening, evenings, in the evening, night, at night, early evening, late evening",
    C.AT: "at, around, about, approx",
    C.AFTER: "after, from, not before, starting",
    C.BEFORE: "before, by, until, till, no later than, not after, not later than, latest",
    C.BETWEEN: "between",
    C.AND: "and, to",
    C.HOUR: "o'clock, oclock, h, hrs, hours",
}
