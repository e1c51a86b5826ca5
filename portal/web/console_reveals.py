"""Contact data in full, for a reason."""

from flask import Blueprint

bp = Blueprint("console_reveals", __name__, url_prefix="/console")
