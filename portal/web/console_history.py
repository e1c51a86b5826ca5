"""The dossier's history beside the page: the recipient's own page in a frame, and the export."""

from flask import Blueprint

bp = Blueprint("console_history", __name__, url_prefix="/console")
