"""Under which names a shipper's messages may come: what phones and mail programs show, and what cheats would like."""

import re

LONGEST_SMS_NAME = 11
LONGEST_EMAIL_NAME = 70
# An alphanumeric sender has ASCII letters, digits and spaces, and one letter at least (Twilio; GSM 03.40 packs 11).
SMS_NAME = re.compile(r"[A-Za-z0-9 ]+")
ADDRESS_SIGNS = '@<>"\\,;:'


def sms_name_problem(name: str) -> str:
    """Why texts cannot come from this name, and what would be right; empty where they can, or where there is none."""
    if not name:
        return ""
    if len(name) > LONGEST_SMS_NAME:
        return f"a text's sender has at most {LONGEST_SMS_NAME} characters; {name!r} has {len(name)}."
    if not SMS_NAME.fullmatch(name):
        odd = next(char for char in name if not SMS_NAME.fullmatch(char))
        return f"a text's sender has letters A to Z, digits and spaces only, and no {odd!r}."
    if not any(char.isalpha() for char in name):
        return "a text's sender has at least one letter; a number would look like a phone."
    return ""


def email_name_problem(name: str) -> str:
    """Why emails cannot come under this name, and what would be right; empty where they can."""
    if len(name) > LONGEST_EMAIL_NAME:
        return f"an email's sender has at most {LONGEST_EMAIL_NAME} characters; this has {len(name)}."
    if not name.isprintable() or any(sign in name for sign in ADDRESS_SIGNS):
        return f"an email's sender is a name, without any of {' '.join(ADDRESS_SIGNS)}"
    return ""
