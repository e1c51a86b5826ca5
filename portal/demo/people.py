"""The people of Alderquay. Their numbers are kept for fiction and their mail goes nowhere."""

import re
import unicodedata
from dataclasses import dataclass

# +1 202 555 0100 to 0199 belong to nobody; example.com and example.org neither (RFC 2606).
FIRST_NUMBER = 12025550100


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who waits for a parcel."""

    name: str
    phone: str
    email: str
    language: str


ENGLISH = (
    "Maria Alvarez", "Priya Raman", "Eleanor Whitcomb", "Samuel Okafor", "Amina Diallo", "Theo Marchetti",
    "Grace Lindqvist", "Owen Fairbanks", "Naomi Tanaka", "Luis Carranza", "Hazel Brightwell", "Dmitri Volkov",
    "Chloe Abernathy", "Ibrahim Haddad", "Ruth Goldstein", "Felix Drummond", "Keiko Mori", "Patrick O'Leary",
    "Sofia Petrakis", "Malik Johnson", "Ingrid Solberg", "Henry Ashdown", "Leila Farahani", "Tomas Novotny",
    "Beatrice Quill", "Andre Baptiste", "Wen Li", "Joanna Sparrow", "Rafael Monteiro", "Edith Harrow",
    "Nikhil Desai", "Fiona MacRae", "Oscar Delgado", "Yasmin Aziz", "George Pemberton", "Anya Kowalska",
    "Marcus Bell", "Zoe Castellan", "Victor Hale", "Miriam Stone", "Callum Reid", "Olivia Thorne",
    "Emeka Nwosu", "Clara Winslow", "Hugo Bernard", "Nadia Rahman", "Pieter Langeveld", "Simone Archer",
    "Jasper Cole", "Ada Merriweather", "Ravi Kapoor", "Lucy Penhaligon", "Stefan Ilic",
    "Kwame Boateng", "Iris Fontaine", "Desmond Clarke",
)  # fmt: skip

GERMAN = (
    "Jonas Brandt", "Hannelore Krüger", "Matthias Vogel", "Sabine Lorenz", "Jürgen Weiß", "Katharina Engel",
    "Emil Hartmann", "Annegret Schäfer", "Lukas Baumgärtner",
    "Ursula Kaiser",
)  # fmt: skip


# Who reads another language than the rest: every language the house speaks is heard in town.
READS = {
    "Luis Carranza": "es",
    "Hugo Bernard": "fr",
    "Pieter Langeveld": "nl",
    "Anya Kowalska": "pl",
    "Yasmin Aziz": "tr",
}


def everybody() -> tuple[Person, ...]:
    """All people, each with a number and an address of their own; some have only one of the two."""
    names = [(name, READS.get(name, "en")) for name in ENGLISH] + [(name, "de") for name in GERMAN]
    return tuple(_person(place, name, language) for place, (name, language) in enumerate(names))


def named(name: str) -> Person:
    """The person of this name; StopIteration where there is none."""
    return next(person for person in everybody() if person.name == name)


def _person(place: int, name: str, language: str) -> Person:
    phone = "" if place % 12 == 11 else f"+{FIRST_NUMBER + place}"
    email = "" if place % 13 == 12 else f"{_plain(name)}@example.{'com' if place % 2 else 'org'}"
    return Person(name, phone, email, language)


def _plain(name: str) -> str:
    spelled = name.replace("ü", "ue").replace("ä", "ae").replace("ö", "oe").replace("ß", "ss")
    ascii_only = unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z]+", ".", ascii_only).strip(".")
