"""Errors, typed ids, clock, actor, marks: values every floor may know. Standard library only."""
