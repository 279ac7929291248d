"""What rewards refuse."""

from lianbing.kernel.errors import N_, DomainError


class BadPointsRules(DomainError):
    code = "bad_points_rules"
    message = N_(
        "These rules cannot be used: a right answer earns at least a point, a partly right one no "
        "more than a right one, and the day's cap is no less than a right answer."
    )
