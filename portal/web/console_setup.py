"""Set-up: shippers, brands, rules, keys, people, places and vans."""

from flask import Blueprint

bp = Blueprint("console_setup", __name__, url_prefix="/console/setup")
