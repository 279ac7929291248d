"""The blueprint all contest pages hang on."""

from flask import Blueprint

blueprint = Blueprint("contests", __name__, url_prefix="/contests", template_folder="templates")
