"""The work queue: what needs an agent before the caller calls."""

from flask import Blueprint

bp = Blueprint("console_queue", __name__, url_prefix="/console/queue")
