"""Files from outside: how large a request may be, said before a single part of it is read."""

from flask import request
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge

# Names, words and the lines between the parts.
FORM_BYTES = 64 * 1024
MOST_PARTS = 20


def allow(bytes_each: int, pictures: int) -> None:
    """Let this request hold so many pictures and a form; more is refused while it comes in."""
    request.max_content_length = bytes_each * pictures + FORM_BYTES
    request.max_form_memory_size = FORM_BYTES
    request.max_form_parts = MOST_PARTS


def too_large() -> bool:
    """Whether the request says itself that it is larger than allowed, or proves to be."""
    try:
        _ = request.form
    except RequestEntityTooLarge:
        return True
    return False


def body_of(file: FileStorage, most_bytes: int) -> bytes:
    """The bytes of a file, at most one more than allowed; also when it is read a second time."""
    file.stream.seek(0)
    return file.stream.read(most_bytes + 1)
