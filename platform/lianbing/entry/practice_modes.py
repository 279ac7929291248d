"""The modes of practice above its core, plugged into the places the core offers."""

from flask import Flask
from flask_wtf import CSRFProtect

from lianbing.practice import slots
from lianbing.practice.challenge import views as challenge_views
from lianbing.practice.duel import views as duel_views
from lianbing.practice.favourites import views as favourite_views
from lianbing.practice.mock import api as mock_api
from lianbing.practice.mock import views as mock_views
from lianbing.practice.rules import DrillMode


def register_modes(app: Flask, csrf: CSRFProtect) -> None:
    """Each mode's pages, its tile on the practice home, and where its drills lead."""
    app.register_blueprint(favourite_views.blueprint)
    slots.register_tile(30, favourite_views.tile)
    slots.register_extra(10, favourite_views.keep_extra)
    slots.register_way(DrillMode.FAVOURITES, slots.Way(again=favourite_views.again))
    app.register_blueprint(challenge_views.blueprint)
    slots.register_tile(50, challenge_views.tile)
    way = slots.Way(running=challenge_views.running, ending=challenge_views.running)
    slots.register_way(DrillMode.CHALLENGE, way)
    app.register_blueprint(mock_views.pages)
    app.register_blueprint(mock_api.api)
    csrf.exempt(mock_api.api)
    slots.register_tile(40, mock_views.tile)
    app.register_blueprint(duel_views.blueprint)
    slots.register_tile(60, duel_views.tile)
    slots.register_way(DrillMode.DUEL, slots.Way(ending=duel_views.ending))
