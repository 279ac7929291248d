"""Rooms, batches and seats of an exam; tickets, check-in, absence, the sheet of a room."""
