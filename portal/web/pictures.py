"""A kept picture as an answer: shown as what we wrote it as, run by nobody, kept by no cache."""

from flask import Response, abort

from portal.store.files import File
from portal.wiring import kit


def answer(pictures: list[File], name: str) -> Response:
    """The picture of that name among these; not found when it is none of them or was erased."""
    file = next((one for one in pictures if one.id == name), None)
    body = kit().drawer.read(file.shipper_id, file.id) if file else None
    if file is None or body is None:
        abort(404)
    response = Response(body, content_type=file.media_type)
    response.headers["Content-Disposition"] = f'inline; filename="{file.sort.value}.jpg"'
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
