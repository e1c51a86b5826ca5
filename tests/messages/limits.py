"""What a message may cost and may not say, by language: the tables of the lint."""

# One segment is the rule. Where a text cannot say it shorter, this is what it takes at its longest.
EVERYWHERE = {"reply_choose": 2, "reply_confirm": 2}
ALLOWED: dict[tuple[str, str], int] = {("es", "reply_confirm"): 1}
# Several parcels told as one have saved a message: the count in the sender may cost a second segment.
TOGETHER = 2

# Countries with other habits for days and hours. Where those cost a second segment, a country may have it.
COUNTRIES = (
    *("en-GB", "en-CA", "en-AU", "en-IE", "en-IN", "de-AT", "de-CH", "es-MX", "es-US", "es-AR", "es-CO"),
    *("fr-CA", "fr-BE", "fr-CH", "nl-BE", "tr-CY"),
)
IN_A_COUNTRY = 2
