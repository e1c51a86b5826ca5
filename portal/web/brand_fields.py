"""The fields of a brand, and of a new shipper, as people fill them in."""

from portal.domain.sender_names import LONGEST_EMAIL_NAME, LONGEST_SMS_NAME
from portal.web.language import LANGUAGES
from portal.web.setup_form import Field, headed

HOME = (
    Field("name", "Name", hint="As recipients read it, first in every message.", longest=120, needed=True),
    Field(
        "language",
        "Language",
        "select",
        "Of recipients who have not chosen one.",
        choices=tuple(LANGUAGES.items()),
    ),
    Field("timezone", "Time zone", hint="Of its doors, such as Europe/Berlin.", longest=60, needed=True),
    Field(
        "country",
        "Country",
        hint="Two letters, for phone numbers without a country code.",
        longest=2,
        needed=True,
    ),
)
HELP = (
    Field(
        "support_email", "Email for help", "email", "On every page; replies to emails go there.", longest=254
    ),
    Field(
        "support_phone", "Phone for help", "tel", "With its country code, such as +49 30 123456.", longest=32
    ),
    Field("support_hours", "Hours of that phone", hint="Such as Mon to Fri 9 to 17.", longest=120),
)
LOOK = (
    Field(
        "color",
        "Color",
        hint="As #rrggbb. Pages move it until it can be read, in light and in dark; emails have it as it is.",
        longest=7,
        usual="our own",
    ),
    Field(
        "text_color",
        "Ink on its button",
        hint="As #rrggbb. Refused where it could not be read.",
        longest=7,
        usual="white or black, whichever reads better",
    ),
)
SENDERS = (
    Field(
        "email_name",
        "Emails come from",
        hint="The name in front of the operator's address.",
        longest=LONGEST_EMAIL_NAME,
        usual="the shipper's name",
    ),
    Field(
        "sms_sender",
        "Texts come from",
        hint=(
            f"At most {LONGEST_SMS_NAME} letters A to Z, digits and spaces. Nobody can answer such a text: no STOP, no "
            "wishes by reply. North America takes none, many countries want it registered first; there the "
            "account's own number stays."
        ),
        longest=LONGEST_SMS_NAME,
        usual="the account's number, which people can answer",
    ),
)
BRAND = (
    *headed("Who it is", *HOME),
    *headed("Help", *HELP),
    *headed("Color", *LOOK),
    *headed("Senders", *SENDERS),
)
SLUG = Field(
    "slug",
    "Short name",
    hint="In addresses and commands; it stays for ever.",
    longest=60,
    usual="made of the name",
)
NEW_SHIPPER = (HOME[0], SLUG, *HOME[1:], *HELP, LOOK[0])
