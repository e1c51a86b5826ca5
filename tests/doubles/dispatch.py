"""A dispatch system's endpoint that checks every signature with the public library."""

from collections import deque

from standardwebhooks.webhooks import Webhook

from tests.doubles.server import Answer, Call, Double

SECRET = "whsec_" + "ZG9vcnN0ZXAgdGVzdHMgc2VjcmV0IG51bWJlciAx"
OLD_SECRET = "whsec_" + "ZG9vcnN0ZXAgdGVzdHMgc2VjcmV0IG51bWJlciAy"


class Dispatch(Double):
    """Answers with `answers` one after the other, then with 204."""

    def __init__(self) -> None:
        super().__init__()
        self.answers: deque[Answer] = deque()

    def take(self, call: Call) -> Answer:
        return self.answers.popleft() if self.answers else Answer(204)


def checked(call: Call, secret: str = SECRET) -> object:
    """The body if the signature holds now; raises what the public library raises."""
    return Webhook(secret).verify(call.body, call.headers)
