"""Invigilation (监考): who is where, what the invigilator does, and what happened meanwhile."""
