"""Assembling (组卷) several parallel papers at once, by mixed-integer optimisation."""
