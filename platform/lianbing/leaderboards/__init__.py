"""Boards: record, top, rank, around me. Knows no exam and no contest (榜单)."""
