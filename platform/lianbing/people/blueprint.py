"""The one blueprint of people; each sub-feature's views hang their routes on it."""

from flask import Blueprint

blueprint = Blueprint("people", __name__, template_folder="templates")
