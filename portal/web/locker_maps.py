"""To come."""

from flask import Blueprint

bp = Blueprint("locker_maps", __name__)
