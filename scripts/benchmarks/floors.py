"""The floors: what this machine can do at all, measured in the same run.

A trivial Flask endpoint on the same server with the same settings, and one-row durable writes
by pgbench on the same PostgreSQL.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask, Response, request
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server
from proving.processes import Meter
from proving.product import Wanted
from proving.throwaway import Postgres, free_port, listens, wait_until

from benchmarks.generator import Generator
from benchmarks.http_load import Request, Tally, drive

ROOT = Path(__file__).resolve().parents[1]
UPSERT = """\\set id random(1, 100000)
INSERT INTO bench_floor (id, value) VALUES (:id, 'B')
ON CONFLICT (id) DO UPDATE SET value = excluded.value;
"""


def trivial_application() -> Flask:
    """A Flask application that answers a JSON POST and does nothing else."""
    app = Flask("floor")

    @app.post("/floor")
    def floor() -> Response:
        request.get_data()
        return Response(b'{"ok":true}', mimetype="application/json")

    return app


def serve_trivial(port: int, workers: int, threads: int) -> None:
    """Serve it as the product serves itself; runs in a process of its own."""
    Server(
        "floor",
        address="127.0.0.1",
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        log_level=LogLevels.error,
    ).serve(target_loader=trivial_application, wrap_loader=False)


@contextmanager
def trivial_server(wanted: Wanted) -> Iterator[tuple[int, int]]:
    """Its port and process id while it runs."""
    port = free_port()
    code = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "import multiprocessing; multiprocessing.set_start_method('fork')\n"
        "from benchmarks.floors import serve_trivial\n"
        f"serve_trivial({port}, {wanted.workers}, {wanted.threads})"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code], start_new_session=True, stdout=2, stdin=subprocess.DEVNULL
    )
    try:
        wait_until(lambda: listens(port), "the floor's server did not start")
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(30)


class TrivialRequests:
    """The generator's workload against the floor."""

    def __init__(self, port: int) -> None:
        self._port = port

    def closed_loop(self, *, seconds: float, connections: int) -> Tally:
        """As many requests as are answered."""
        return drive(
            self._port,
            self._endless(),
            connections=connections,
            follow=lambda *_: None,
            seconds=seconds,
        )

    def open_loop(self, *, rate: float, seconds: float, connections: int) -> Tally:
        """Requests at a steady rate a second."""
        endless = self._endless()
        requests = ((number / rate, *next(endless)[1:]) for number in range(int(rate * seconds)))
        return drive(
            self._port,
            requests,
            connections=connections,
            follow=lambda *_: None,
            seconds=seconds + 30.0,
        )

    def _endless(self) -> Iterator[Request]:
        body = b'{"entries":[{"seq":1,"question":12,"answer":"B","at":"2026-11-20T08:00:00.000Z"}]}'
        payload = (
            b"POST /floor HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
        )
        while True:
            yield 0.0, payload, 0


def trivial_floor(wanted: Wanted, *, rate: float, connections: int = 64) -> dict[str, float]:
    """The trivial endpoint in this very run: as fast as it goes, and at a steady rate a second.

    A process that is mostly idle pays more for each request than one that is never idle.
    """
    found: dict[str, float] = {}
    with trivial_server(wanted) as (port, pid):
        generator = Generator(TrivialRequests, port)
        try:
            generator.run("closed_loop", seconds=1.5, connections=connections)
            for name, loop, how in (
                (f"trivial_flask_{connections}", "closed_loop", {"seconds": 6.0}),
                (f"trivial_flask_at_{rate:.0f}_per_s", "open_loop", {"seconds": 6.0, "rate": rate}),
            ):
                meter = Meter({"all": pid})
                meter.start()
                tally: Tally = generator.run(loop, connections=connections, **how)
                count = max(1, len(tally.latencies))
                found[f"{name}_cpu_ms"] = round(meter.cpu()["all"] * 1000 / count, 4)
        finally:
            generator.close()
    return found


def durable_writes(postgres: Postgres, *, clients: int, seconds: int) -> float | None:
    """One-row durable upserts a second by pgbench; None where there is no pgbench."""
    program = postgres.programs / "pgbench"
    if not program.exists():
        return None
    table = (
        "DROP TABLE IF EXISTS bench_floor; "
        "CREATE TABLE bench_floor (id integer PRIMARY KEY, value text)"
    )
    address = ["-h", "127.0.0.1", "-p", str(postgres.port), "-U", "lianbing"]
    psql = [str(postgres.programs / "psql"), *address, "-q", "-d", "postgres", "-c", table]
    subprocess.run(psql, check=True, stdout=2, stderr=subprocess.DEVNULL, env=postgres.environment)
    bench = [str(program), *address, "-n", "-M", "prepared", "-c", str(clients), "-j", "2"]
    bench += ["-T", str(seconds), "-f", "/dev/stdin", "postgres"]
    measured = subprocess.run(
        bench,
        input=UPSERT,
        capture_output=True,
        text=True,
        check=True,
        env=postgres.environment,
    )
    found = re.search(r"tps = ([\d.]+)", measured.stdout)
    return round(float(found[1]), 1) if found else None
