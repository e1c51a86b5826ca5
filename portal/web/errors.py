"""Answers when something is not as it should be: problem+json for machines, a kind page for people, never a trace."""

from typing import Any

import structlog
from flask import Flask, Response, jsonify, render_template, request
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, MethodNotAllowed

log = structlog.get_logger()

TITLES = {
    400: "The request is not right",
    401: "A key is needed",
    403: "This key does not open this door",
    404: "Not found",
    405: "Not this way",
    409: "Too late or already done",
    413: "Too large",
    415: "Not this kind of body",
    422: "Some values are not right",
    429: "Too many tries",
    500: "Something broke on our side",
    503: "Busy, please try again",
}


class ApiError(Exception):
    """A problem to be told to a machine; `errors` are (pointer, detail) pairs."""

    def __init__(
        self, status: int, detail: str, errors: list[dict[str, str]] | None = None, **more: Any
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.errors, self.more = status, detail, errors, more


def problem(status: int, detail: str, errors: list[dict[str, str]] | None = None, **more: Any) -> Response:
    """An RFC 9457 answer."""
    body: dict[str, Any] = {"type": "about:blank", "title": TITLES.get(status, "Problem"), "status": status}
    body |= {"detail": detail, **({"errors": errors} if errors else {}), **more}
    response = jsonify(body)
    response.status_code, response.content_type = status, "application/problem+json"
    return response


def _for_machines() -> bool:
    return request.path.startswith(("/api/", "/callbacks/", "/devices/"))


def _page(status: int) -> tuple[str, int]:
    template = "not_found" if status == 404 else "other"
    return render_template(f"pages/errors/{template}.html", status=status), status


def install(app: Flask) -> None:
    """Register the answers."""

    @app.errorhandler(ApiError)
    def _api_error(error: ApiError) -> Response:
        return problem(error.status, error.detail, error.errors, **error.more)

    @app.errorhandler(HTTPException)
    def _http_error(error: HTTPException) -> Any:
        if error.response is not None:
            return error.response
        status = error.code or 500
        if _for_machines():
            answer = problem(status, error.description or TITLES.get(status, ""))
        else:
            answer = app.make_response(_page(status))
        if isinstance(error, MethodNotAllowed) and error.valid_methods:
            answer.headers["Allow"] = ", ".join(sorted(error.valid_methods))
        return answer

    @app.errorhandler(OperationalError)
    @app.errorhandler(PoolTimeout)
    def _database_away(error: Exception) -> Any:
        code = getattr(getattr(error, "orig", None), "sqlstate", None)
        log.error("database_unavailable", kind=type(error).__name__, code=code)
        answer = (
            problem(503, "The database is not available.")
            if _for_machines()
            else app.make_response(_page(503))
        )
        answer.headers["Retry-After"] = "5"
        return answer

    @app.errorhandler(Exception)
    def _broken(error: Exception) -> Any:
        log.exception("request_failed", endpoint=request.endpoint, kind=type(error).__name__)
        if _for_machines():
            return problem(500, "The error was logged; nothing was saved. Please try again.")
        return _page(500)
