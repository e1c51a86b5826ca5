"""An agent's own account: second factor, recovery codes, signed-in browsers."""

from flask import Blueprint

bp = Blueprint("console_account", __name__, url_prefix="/console/account")
