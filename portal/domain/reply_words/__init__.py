"""The words that people use in answers to our texts: one table a language, all of the same shape."""

from portal.domain.reply_words.concepts import Concept, Table
from portal.domain.reply_words.de import GERMAN
from portal.domain.reply_words.en import ENGLISH
from portal.domain.reply_words.es import SPANISH
from portal.domain.reply_words.fr import FRENCH
from portal.domain.reply_words.nl import DUTCH
from portal.domain.reply_words.pl import POLISH
from portal.domain.reply_words.tr import TURKISH

TABLES: dict[str, Table] = {
    "en": ENGLISH,
    "de": GERMAN,
    "es": SPANISH,
    "fr": FRENCH,
    "nl": DUTCH,
    "pl": POLISH,
    "tr": TURKISH,
}

__all__ = ["TABLES", "Concept", "Table"]
