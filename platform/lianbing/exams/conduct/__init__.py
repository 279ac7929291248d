"""Conduct (考试纪律): who may come in, what a page reports, and what follows from it."""
