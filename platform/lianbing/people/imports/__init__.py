"""Bulk import of people from Excel or CSV: read, checked row by row, previewed, stored at once."""
