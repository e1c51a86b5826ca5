"""What a message may cost and may not say, by language: the tables of the lint."""

import re
from functools import cache

# One segment is the rule. Where a text cannot say it shorter, this is what it takes at its longest.
EVERYWHERE = {"reply_choose": 2}
ALLOWED: dict[tuple[str, str], int] = {}
# Several parcels told as one have saved a message: the count in the sender may cost a second segment.
TOGETHER = 2

# Countries with other habits for days and hours. Where those cost a second segment, a country may have it.
COUNTRIES = (
    *("en-GB", "en-CA", "en-AU", "en-IE", "en-IN", "de-AT", "de-CH", "es-MX", "es-US", "es-AR", "es-CO"),
    *("fr-CA", "fr-BE", "fr-CH", "nl-BE", "tr-CY"),
)
IN_A_COUNTRY = 2

# words of the people who cheat in our name; SMS are read without their accents
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
    """Finds a word that cheats use."""
    return re.compile(rf"\b({FORBIDDEN[language]})\b", re.IGNORECASE)
