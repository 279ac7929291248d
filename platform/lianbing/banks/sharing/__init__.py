"""Banks shared down or across by grant: dated, revocable, on the record."""
