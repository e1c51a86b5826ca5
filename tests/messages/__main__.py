"""For translators: how long every text is at its longest. `python -m tests.messages [language ...]`"""

import sys

from notifications.notice import Notice
from notifications.render import REPLY_VALUES, Rendered
from notifications.sms_text import is_gsm7
from tests.messages import longest
from tests.messages.samples import LANGUAGES


def line(language: str, name: str, said: Rendered, together: Rendered | None = None) -> str:
    """Language, what it is, characters, segments, segments for several parcels, and what is wrong."""
    allowed = longest.allowed(language, name)
    wrong = [] if is_gsm7(said.text) else ["not in the GSM-7 alphabet"]
    wrong += [f"allowed: {allowed}"] if said.segments != allowed else []
    several = str(together.segments) if together else ""
    columns = f"{language:3} {name:23} {len(said.text):10} {said.segments:8} {several:>8}  {', '.join(wrong)}"
    return columns.rstrip()


def main(languages: list[str]) -> None:
    print(f"{'':3} {'':23} characters segments together")
    for language in languages or LANGUAGES:
        for notice in Notice:
            said, together = (longest.text(language, notice, parcels) for parcels in (1, longest.PARCELS))
            print(line(language, notice.value, said, together))
        for name in REPLY_VALUES:
            print(line(language, name, longest.reply(language, name)))


if __name__ == "__main__":
    main(sys.argv[1:])
