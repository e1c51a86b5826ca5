"""Words that no message of ours uses, by language: those of the people who cheat in our name."""

import re
from functools import cache

# SMS are read without their accents, so both forms are here
FORBIDDEN = {
    "en": r"fees?|pay\w*|paid|charg\w*|urgent\w*|immediate\w*|verif\w*|click\w*|free|win|winner\w*|won"
    r"|prizes?|gifts?|refund\w*",
    "de": r"gebühr\w*|zahl\w*|bezahl\w*|kosten\w*|dringend\w*|eilig\w*|sofort\w*|umgehend\w*|verifizier\w*"
    r"|klick\w*|gratis|gewinn\w*|preis\w*|geschenk\w*|erstatt\w*",
    "es": r"tasas?|tarifas?|cargos?|costes?|costos?|pagos?|pag(?:ar|ue|ad)\w*|abon\w*|urgen\w*|inmediat\w*"
    r"|verifi\w*|clics?|clicks?|gratis|gratuit\w*|gan(?:ar|e|ador|adora)|premios?|regalos?|reembols\w*",
    "fr": r"frais|pay(?:er|ez|é|ée|ement)\w*|paiement\w*|taxes?|urgen\w*|imm[eé]diat\w*|v[eé]rifi\w*"
    r"|cliqu\w*|clics?|gratuit\w*|gagn\w*|prix|cadeaux?|rembours\w*",
    "nl": r"kosten|betal\w*|toeslag\w*|heffing\w*|spoed\w*|dringend\w*|onmiddellijk\w*|meteen|verifi\w*"
    r"|klik\w*|gratis|win|wint|winn\w*|prijs|prijzen|cadeaus?|terugbetal\w*",
    "pl": r"op[lł]at\w*|p[lł]a(?:ci|ce|cą|ć|tno)\w*|zap[lł]a\w*|koszt\w*|piln\w*|natychmiast\w*"
    r"|z?weryfik\w*|klik\w*|darmow\w*|darmo|gratis|bezp[lł]atn\w*|wygra\w*|nagrod\w*|prezent\w*|zwrot kosztów",
    "tr": r"ücret\w*|öde\w*|masraf\w*|bedel\w*|acil\w*|hemen|derhal|do[gğ]rula\w*|t[iı]kla\w*|bedava"
    r"|kazan\w*|ödül\w*|hediye\w*|çekili[sş]\w*",
}


@cache
def fraudulent(language: str) -> re.Pattern[str]:
    """Finds such a word in a text of this language."""
    return re.compile(rf"\b({FORBIDDEN[language]})\b", re.IGNORECASE)


def sounds_like_fraud(language: str, text: str) -> str:
    """The first such word in a text of this language, as it stands there; empty if there is none."""
    found = fraudulent(language).search(text) if language in FORBIDDEN else None
    return found[0] if found else ""
