"""Headers of every answer: a strict content-security policy with a nonce, no referrer, no indexing, no caching."""

import secrets

from flask import Flask, Response, g, request

OPEN_TO_CACHES = ("static",)
FIXED = [
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Robots-Tag", "noindex, nofollow, noarchive"),
    ("Permissions-Policy", "geolocation=(), camera=(), microphone=(), interest-cohort=()"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
]


def csp_nonce() -> str:
    """This answer's nonce, made on first use."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def page_policy() -> str:
    """The policy of pages: own origin only, styles and scripts by file or nonce."""
    nonce = f" 'nonce-{g.csp_nonce}'" if "csp_nonce" in g else ""
    return (
        f"default-src 'none'; script-src 'self'{nonce}; style-src 'self'{nonce}; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; frame-src 'self'; form-action 'self'; manifest-src 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )


def install(app: Flask, tls: bool) -> None:
    """Set the headers on every answer that does not bring its own."""

    fixed = [*FIXED, ("Strict-Transport-Security", "max-age=31536000; includeSubDomains")] if tls else FIXED

    @app.after_request
    def _headers(response: Response) -> Response:
        if response.status_code == 304:
            return response
        headers = response.headers
        brought = {name.lower() for name, _ in headers}
        for name, value in fixed:
            if name.lower() not in brought:
                headers.add(name, value)
        if "content-security-policy" not in brought:
            headers.add("Content-Security-Policy", page_policy())
        if "cache-control" not in brought and request.endpoint not in OPEN_TO_CACHES:
            headers.add("Cache-Control", "private, no-store")
        if request.path.startswith("/t/"):
            # also where nothing was opened: whether a browser was looked at must not tell one miss from another
            response.vary.add("Cookie")
        return response

    app.jinja_env.globals["csp_nonce"] = csp_nonce
