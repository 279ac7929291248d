"""Qualification records on a worker's passport, written from signed snapshots (技能档案)."""
