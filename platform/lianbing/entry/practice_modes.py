"""The modes of practice above its core, plugged into the places the core offers."""

from flask import Flask

from lianbing.practice import slots
from lianbing.practice.challenge import views as challenge_views
from lianbing.practice.favourites import views as favourite_views
from lianbing.practice.rules import DrillMode


def register_modes(app: Flask) -> None:
    """Each mode's pages, its tile on the practice home, and where its drills lead."""
    app.register_blueprint(favourite_views.blueprint)
    slots.register_tile(30, favourite_views.tile)
    slots.register_extra(10, favourite_views.keep_extra)
    slots.register_way(DrillMode.FAVOURITES, slots.Way(again=favourite_views.again))
    app.register_blueprint(challenge_views.blueprint)
    slots.register_tile(50, challenge_views.tile)
    way = slots.Way(running=challenge_views.running, ending=challenge_views.running)
    slots.register_way(DrillMode.CHALLENGE, way)
