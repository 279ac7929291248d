"""What practising together puts into the practice pages: rewards and campaigns."""

from flask import Flask

from lianbing.practice import slots
from lianbing.practice.campaigns import manage_views as campaign_desk_views
from lianbing.practice.campaigns import views as campaign_views
from lianbing.practice.rewards import views as reward_views
from lianbing.practice.rules import DrillMode


def register(app: Flask) -> None:
    """Their pages, panels and ways back."""
    app.register_blueprint(reward_views.blueprint)
    app.register_blueprint(campaign_views.blueprint)
    app.register_blueprint(campaign_desk_views.blueprint)
    slots.register_panel(30, campaign_views.panel)
    slots.register_panel(110, reward_views.panel)
    slots.register_way(DrillMode.CAMPAIGN, slots.Way(again=campaign_views.again))
