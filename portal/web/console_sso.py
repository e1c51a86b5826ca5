"""Sign-in by the operator's own OpenID Connect."""

from flask import Blueprint

bp = Blueprint("console_sso", __name__, url_prefix="/console/sso")
