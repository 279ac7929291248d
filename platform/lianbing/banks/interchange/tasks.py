"""The periodic task of files on their way into banks."""

from lianbing.banks.interchange.running import work_waiting

__all__ = ["work_waiting"]
