"""Organisations: the dated graph of unions, units and teams, its closure, and their dated facts."""
