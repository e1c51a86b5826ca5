"""To come."""

from flask import Blueprint

bp = Blueprint("pickups", __name__)
