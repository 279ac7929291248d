"""Database and transactions, outbox, audit, tasks, settings: how things are kept and run."""
