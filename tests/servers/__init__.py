"""Real servers and a real browser for the tests, from packages; a missing one is named, never imitated."""


class Missing(RuntimeError):
    """This machine cannot have the server; the text says why, for the list of what was skipped."""
