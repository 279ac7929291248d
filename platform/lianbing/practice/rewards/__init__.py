"""Rewards: streaks, points, weekly leagues and boards, all derived from answers."""
