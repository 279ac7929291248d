"""Campaigns and assignments of trainers, and what a team's practice looks like."""
