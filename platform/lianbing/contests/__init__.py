"""Contests: notice, entries, eligibility, rounds and awards (技能竞赛)."""
