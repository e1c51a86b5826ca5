"""Sentences for what happens at the door and after: proof, claims, problems, ratings, failed attempts."""

from portal.domain.claim import Found
from portal.domain.handover import Proof
from portal.domain.next_step import Advice
from portal.domain.problem import ProblemKind
from portal.web.language import N_

A = Advice
ADVICE = {
    A.CHOOSE: N_("Please choose how you want to get your parcel."),
    A.CLOSED: N_("Please choose a time when somebody is there, or another way."),
    A.REFUSED: N_("If that was a mistake, please choose another time."),
    A.BRING_ID: N_("Please choose another time, and have your ID or your PIN ready."),
    A.ADDRESS: N_("Please check the address, so that the driver finds you."),
    A.ACCESS: N_("Please tell the driver how to get to your door, or choose another way."),
    A.SAFE_PLACE: N_("Please choose another place, or another way."),
    A.TRY_AGAIN: N_("You do not have to do anything. We try again as soon as we can and tell you the time."),
    A.SEARCH: N_("You do not have to do anything. We are looking for it and tell you what we find."),
    A.DAMAGED: N_("You do not have to do anything. We look at the damage and tell you how it goes on."),
    A.CHECK: N_("You do not have to do anything. We tell you as soon as the check is over."),
    A.SENDER: N_("It is the sender's turn now. We tell you how it goes on."),
    A.SENDER_PAPERS: N_("The sender has to clear this with customs. We tell you how it goes on."),
    A.ENDED: N_("If that is not what you wanted, please ask the sender."),
}
CHOOSE_BY = N_("We keep it for you until %(when)s.")

FOUND = {
    Found.CONFIRMED: ("good", N_("Thank you. We have noted that you have your parcel.")),
    Found.NOT_RECEIVED: (
        "warn",
        N_(
            "We are sorry. We ask the driver where it was left, and look after it until it is found. "
            "Please also look in your mailbox and ask your neighbors."
        ),
    ),
    Found.AHEAD_OF_SCAN: (
        "good",
        N_("Thank you. We tell the depot that you have it; the driver's report may take a moment."),
    ),
    Found.STILL_TO_COME: ("", N_("It is still on its way to you, so nothing is lost.")),
}

PROBLEMS = {
    ProblemKind.DAMAGED: N_("It is damaged"),
    ProblemKind.MISSING_PART: N_("Something is missing"),
    ProblemKind.WRONG_PARCEL: N_("It is not my parcel"),
    ProblemKind.NOT_RECEIVED: N_("I did not get it"),
    ProblemKind.WRONG_PLACE: N_("It was left in the wrong place"),
    ProblemKind.DRIVER: N_("It is about the driver"),
    ProblemKind.OTHER: N_("Something else"),
}

STARS = {
    5: N_("Very good"),
    4: N_("Good"),
    3: N_("All right"),
    2: N_("Not good"),
    1: N_("Bad"),
}

PICTURES = {
    Proof.PHOTO: (N_("Photo"), N_("Photo of where your parcel was left")),
    Proof.SIGNATURE: (N_("Signature"), N_("Signature of who took your parcel")),
}
