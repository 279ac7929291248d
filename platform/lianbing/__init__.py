"""Lianbing (练兵): post practice, skills contests and grade promotion for workers."""

__version__ = "0.1.0"
