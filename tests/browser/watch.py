"""Looks over a page's shoulder: whom it calls, what its security policy refuses, what its console says."""

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response

OURS = ("data", "blob", "about")
# a form answered with 422 did its job; missing images, scripts and styles are seen in `_answered`
# the second is axe, which asks every frame, also those that are sandboxed and cannot answer
EXPECTED = re.compile(
    r"^Failed to load resource: the server responded with a status of"
    r"|^Failed to execute 'postMessage' on 'DOMWindow': .* recipient window's origin \('null'\)"
)
REPORT_VIOLATIONS = """
document.addEventListener('securitypolicyviolation', event =>
    console.error(`CSP ${event.violatedDirective} refused ${event.blockedURI || 'inline'} ` +
                  `at ${event.sourceFile || document.location}:${event.lineNumber}`));
"""


@dataclass
class Watch:
    """Everything a browser context did that a portal's page must never do."""

    origin: str
    complaints: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> None:
        """Begin to watch every page of `context`."""
        context.add_init_script(REPORT_VIOLATIONS)
        context.on("request", self._asked)
        context.on("response", self._answered)
        context.on("console", self._said)
        context.on("weberror", lambda error: self.complaints.append(f"script error: {error.error}"))

    def forgive(self, pattern: str) -> None:
        """Drop complaints a test has caused on purpose."""
        self.complaints = [text for text in self.complaints if not re.search(pattern, text)]

    def _asked(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in OURS and f"{parts.scheme}://{parts.netloc}" != self.origin:
            self.complaints.append(f"asked a third party: {request.url}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and response.request.resource_type not in ("document", "fetch", "xhr"):
            self.complaints.append(f"{response.status} for {response.url}")

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not EXPECTED.match(message.text):
            self.complaints.append(f"console {message.type}: {message.text}")


def axe(page: Page) -> list[str]:
    """What axe-core finds wrong on `page`, one line an element: rule, help, where. Empty is good."""
    found = Axe().run(page).response["violations"]
    return [f"{rule['id']}: {rule['help']} at {node['target']}" for rule in found for node in rule["nodes"]]
