"""What campaigns refuse."""

from lianbing.kernel.errors import N_, DomainError, Kind, NotFound


class CampaignNotFound(NotFound):
    code = "campaign_not_found"
    message = N_("There is no such campaign, or it is not meant for you. Choose one from the list.")


class BadCampaign(DomainError):
    code = "bad_campaign"
    message = N_(
        "The campaign cannot be opened like this: it needs a title, a last day that is not past, "
        "at most 92 days, 1 to 50 questions, and a reason when it is required."
    )


class CampaignNotOpen(DomainError):
    code = "campaign_not_open"
    kind = Kind.CONFLICT
    message = N_("The campaign is not open today.")


class NotJoined(DomainError):
    code = "campaign_not_joined"
    kind = Kind.CONFLICT
    message = N_("Taking part is voluntary: join the campaign first.")


class NoTriesLeft(DomainError):
    code = "no_tries_left"
    kind = Kind.CONFLICT
    message = N_("You have used all tries for now.")
