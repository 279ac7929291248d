"""Answering in a drill by script: a small JSON endpoint, ahead of Flask, many at a time."""
