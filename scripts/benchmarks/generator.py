"""The load generator as a process of its own, so that its cost is not counted as the server's."""

import multiprocessing
import resource
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from proving.processes import Meter

LOOK_EVERY_SECONDS = 0.5
MOST_MEMORY_BYTES = 4 * 1024**3


class Generator:
    """A child process that holds a workload and runs its functions when told to."""

    def __init__(self, make: Callable[..., Any], *arguments: Any) -> None:
        """``make(*arguments)`` builds the workload in the child; its methods are then run."""
        context = multiprocessing.get_context("spawn")
        self._ours, theirs = context.Pipe()
        self._process = context.Process(
            target=_serve, args=(theirs, make, arguments), daemon=True, name="load"
        )
        self._process.start()
        theirs.close()

    @property
    def pid(self) -> int:
        return self._process.pid or 0

    def run(self, method: str, /, *, meter: Meter | None = None, **arguments: Any) -> Any:
        """Run a method of the workload and return its result, noting memory meanwhile."""
        self.begin(method, **arguments)
        return self.result(meter)

    def begin(self, method: str, /, **arguments: Any) -> None:
        """Let the workload begin; ``result`` waits for its end."""
        self._ours.send((method, arguments))

    def result(self, meter: Meter | None = None) -> Any:
        """What the method that was begun returned."""
        while not self._ours.poll(LOOK_EVERY_SECONDS):
            if meter is not None:
                meter.look()
            if not self._process.is_alive():
                raise RuntimeError("the load generator ended by itself")
        outcome, value = self._ours.recv()
        if outcome == "failed":
            raise RuntimeError(f"the load generator failed: {value}")
        return value

    def close(self) -> None:
        """End the process."""
        self._ours.close()
        self._process.join(5)
        if self._process.is_alive():
            self._process.kill()


def _serve(pipe: Connection, make: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY_BYTES, MOST_MEMORY_BYTES))
    workload = make(*arguments)
    while True:
        try:
            method, wanted = pipe.recv()
        except (EOFError, KeyboardInterrupt):
            return
        try:
            pipe.send(("done", getattr(workload, method)(**wanted)))
        except Exception as error:  # told to the parent, which decides
            pipe.send(("failed", f"{type(error).__name__}: {error}"))
