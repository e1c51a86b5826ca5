"""The words that stop, start and explain texts: the phone networks' own, and their sisters in our languages.

Twilio's: https://help.twilio.com/articles/223134027 (read 2026-11). It obeys and answers them by itself, when
they stand alone; sisters only reach us, and are ours to obey and to answer.
"""

import unicodedata
from dataclasses import dataclass

from notifications.receipts import Keyword

OF_CARRIER = {
    Keyword.STOP: "STOP STOPALL UNSUBSCRIBE CANCEL END QUIT REVOKE OPTOUT",
    Keyword.START: "START UNSTOP",
    Keyword.HELP: "HELP INFO",
}
# To Twilio it means START, from anybody; to us only from somebody who said stop: else it answers a question.
YES = "YES"

# Not among them: words that rather take back a change (annuler, undo), end a sentence, or could be a name.
SISTERS = {
    Keyword.STOP: """
        STOPTEXT STOPTEXTS REMOVE
        STOPP ABMELDEN ABBESTELLEN AUFHÖREN ENDE
        PARAR PARE BAJA ALTO DETENER CANCELAR
        ARRET ARRETE ARRETER ARRETEZ DÉSABONNER DESABONNEMENT DESINSCRIRE DESINSCRIPTION FIN
        STÓJ WYPISZ REZYGNUJE REZYGNACJA ZATRZYMAJ
        STOPPEN AFMELDEN UITSCHRIJVEN
        DUR DURDUR İPTAL RET ÇIK
    """,
    Keyword.START: """
        STARTEN ANMELDEN
        INICIAR COMENZAR ALTA EMPEZAR
        DEMARRER COMMENCER ABONNER
        ZACZNIJ WZNÓW ZAPISZ
        AANMELDEN BEGINNEN HERVATTEN
        BAŞLA BAŞLAT DEVAM
    """,
    Keyword.HELP: """
        HILFE INFOS
        AYUDA
        AIDE
        POMOC
        HULP
        YARDIM BİLGİ
    """,
}
# What people write instead of the one word, whole texts; "opt out" is among the FCC's own examples.
PHRASES = {
    Keyword.STOP: (
        "OPT OUT",
        "STOP ALL",
        "STOP SMS",
        "STOP TEXTS",
        "STOP TEXTING ME",
        "PLEASE STOP",
        "STOP PLEASE",
    ),
}
LONGEST = 40
# Letters that do not come apart into a plain one and its accent.
LETTERS = str.maketrans({"Ł": "L", "ß": "SS", "ẞ": "SS", "Ø": "O", "Æ": "AE", "Œ": "OE", "ı": "I"})
SPELLED_OUT = str.maketrans({"Ä": "AE", "Ö": "OE", "Ü": "UE"})


@dataclass(frozen=True, slots=True)
class Reserved:
    """What a word asks for, and whether the carrier has obeyed and answered it already."""

    keyword: Keyword
    answered_by_carrier: bool


def reserved(text: str) -> Reserved | None:
    """What a text asks for that is one of these words or phrases and nothing else; None for all other texts.

    Case, accents, dots, quotes, spaces and characters that nobody sees make no difference to us. To a carrier
    they may: what it did not recognise is ours to answer, and if it did it takes no answer of ours after STOP.
    """
    if len(text) > LONGEST:
        return None
    if exact := EXACT.get(text.strip().upper()):
        return Reserved(exact, True)
    found = KNOWN.get(folded(text))
    return Reserved(found, False) if found else None


def is_yes(text: str) -> bool:
    """Whether a text is the one word that Twilio takes for START."""
    return folded(text[:LONGEST]) == YES


def folded(text: str) -> str:
    """A text as it is looked up: the letters of its words alone, large and plain."""
    seen = "".join(char for char in text if char.isspace() or unicodedata.category(char) not in ("Cf", "Cc"))
    return " ".join(word for word in map(_plain, seen.split()) if word)


def _plain(word: str) -> str:
    apart = unicodedata.normalize("NFKD", word.upper().translate(LETTERS))
    return "".join(char for char in apart if char.isalnum())


def _listed(table: dict[Keyword, str]) -> dict[str, Keyword]:
    found: dict[str, Keyword] = {}
    for keyword, words in table.items():
        for word in words.split():
            for spelled in (word, word.translate(SPELLED_OUT)):
                found[_plain(spelled)] = keyword
    return found


EXACT = _listed(OF_CARRIER)
KNOWN = EXACT | _listed(SISTERS) | {said: keyword for keyword, whole in PHRASES.items() for said in whole}
