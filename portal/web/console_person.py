"""The rights of a person: all we hold, handed over or erased."""

from flask import Blueprint

bp = Blueprint("console_person", __name__, url_prefix="/console")
