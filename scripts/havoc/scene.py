"""The scene: servers of this run's own, the production shape on them, and who restarts what ends.

``Keeper`` stands in for systemd: it starts again what ended by itself, as ``deploy/systemd`` does.
Nothing here touches a server that it did not start.
"""

import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, sleep

import psutil
from proving.product import Product, Wanted, production
from proving.progress import say
from proving.throwaway import CannotMeasure, Postgres, RedisServer, own_folder
from proving.world import World, open_world

from havoc.weather import Weather
from lianbing.entry.commands import WORKERS

WORKER_KINDS = {f"{queues} worker": ("worker", "--queues", queues) for queues in WORKERS}
"""A process tree for each set of queues, as ``lianbing serve`` starts them."""
COMMANDS = {"web": ("web",), **WORKER_KINDS, "beat": ("beat",)}
LOOK_EVERY_SECONDS = 0.3
DISK_MB = 900


@dataclass(kw_only=True)
class Scene:
    """Everything that runs; ``disk`` is the small file system under PostgreSQL, if there is one."""

    folder: Path
    product: Product
    postgres: Postgres
    redis: RedisServer
    world: World
    weather: Weather
    disk: Path | None
    keeper: "Keeper" = field(init=False)

    def __post_init__(self) -> None:
        self.keeper = Keeper(self.product)

    def restart(self, *kinds: str) -> None:
        """Stop processes gracefully, as an upgrade does, and start them again."""
        with self.keeper.resting():
            for kind in kinds:
                self.product.processes[kind].terminate()
            for kind in kinds:
                self.product.processes[kind].wait(60)
            for kind in kinds:
                self.product.start(kind, *COMMANDS[kind])

    def stop_all(self) -> None:
        """Stop the whole product; the keeper must rest meanwhile."""
        self.product.stop()

    def start_all(self) -> None:
        """Start the whole product."""
        for kind, command in COMMANDS.items():
            self.product.start(kind, *command)


class Keeper:
    """Starts again whatever of the product ended by itself; rests while something is stopped."""

    def __init__(self, product: Product) -> None:
        self.restarts = 0
        self._product = product
        self._stopping = threading.Event()
        self._busy = threading.Lock()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def stop(self) -> None:
        """Stop watching."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(60)

    @contextmanager
    def resting(self) -> Iterator[None]:
        """Nothing is restarted meanwhile."""
        with self._busy:
            yield

    def _watch(self) -> None:
        while not self._stopping.wait(LOOK_EVERY_SECONDS):
            with self._busy:
                for kind, process in list(self._product.processes.items()):
                    if process.poll() is not None and not self._stopping.is_set():
                        self.restarts += 1
                        # It refuses to start while its database is away, and is started again.
                        with suppress(CannotMeasure):
                            self._product.start(kind, *COMMANDS[kind])


def children(product: Product, kind: str) -> list[psutil.Process]:
    """The working children of a process: forked web workers, Celery's pool."""
    try:
        root = psutil.Process(product.processes[kind].pid)
        command = root.cmdline()
        return [child for child in root.children() if child.cmdline() == command]
    except psutil.Error:
        return []


def kill(process: psutil.Process | subprocess.Popen[bytes]) -> None:
    """End a process as the kernel or a power failure would."""
    with suppress(psutil.NoSuchProcess, ProcessLookupError):
        os.kill(process.pid, signal.SIGKILL)


def wait_for(ready: object, seconds: float) -> float | None:
    """Seconds until a condition came true; None when it did not in time."""
    began = monotonic()
    while monotonic() - began < seconds:
        if ready():  # type: ignore[operator]
            return monotonic() - began
        sleep(0.1)
    return None


@contextmanager
def set_the_scene(*, workers: int, threads: int, small_disk: bool) -> Iterator[Scene]:
    """Servers, world and product, all running; everything is stopped and deleted at the end."""
    with ExitStack() as stack:
        folder = stack.enter_context(own_folder())
        disk = stack.enter_context(_small_disk(folder)) if small_disk else None
        say("starting PostgreSQL and Redis of this run's own")
        small = {"max_wal_size": "96MB", "min_wal_size": "32MB"} if disk else {}
        postgres, redis = Postgres(disk or folder, small), RedisServer(folder)
        for server in (postgres, redis):
            stack.callback(server.stop)
            server.start()
        wanted = Wanted(workers=workers, threads=threads)
        product = production(folder, wanted, postgres_url=postgres.url, redis_url=redis.url)
        say("loading organisations, banks and a paper")
        world = stack.enter_context(open_world(product.settings))
        scene = Scene(
            folder=folder,
            product=product,
            postgres=postgres,
            redis=redis,
            world=world,
            weather=Weather(),
            disk=disk,
        )
        stack.callback(product.stop)
        stack.callback(scene.keeper.stop)
        say("starting web, workers and beat")
        scene.start_all()
        scene.keeper.start()
        yield scene


@contextmanager
def _small_disk(folder: Path) -> Iterator[Path | None]:
    """A small file system of this run's own; None where mounting is not allowed."""
    place, image = folder / "disk", folder / "disk.img"
    place.mkdir()
    if not (_mount_image(image, place) or _mount_memory(place)):
        place.rmdir()
        yield None
        return
    place.chmod(0o711)
    try:
        yield place
    finally:
        _quietly("umount", "-l", str(place))


def _mount_image(image: Path, place: Path) -> bool:
    if shutil.which("mkfs.ext4") is None:
        return False
    with image.open("wb") as file:
        file.truncate(DISK_MB << 20)
    made = _quietly("mkfs.ext4", "-q", "-m", "0", "-F", str(image))
    return made and _quietly("mount", "-o", "loop", str(image), str(place))


def _mount_memory(place: Path) -> bool:
    return _quietly("mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", str(place))


def _quietly(*command: str) -> bool:
    if shutil.which(command[0]) is None:
        return False
    return subprocess.run(command, check=False, capture_output=True).returncode == 0
