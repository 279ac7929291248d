"""The stage of a scenario: servers, product and world, set up and taken down in order."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from proving.processes import Meter
from proving.product import Product, Wanted, embedded, production
from proving.progress import say
from proving.throwaway import Postgres, RedisServer, own_folder
from proving.world import World, open_world


@dataclass(frozen=True, kw_only=True)
class Options:
    """What the command line asked for."""

    embedded: bool = False
    candidates: int | None = None
    minutes: float | None = None
    doors: float | None = None
    largest: bool = False
    seconds: float = 12.0
    workers: int = 2
    threads: int = 64
    tuning: bool = False
    plot: str = "test-artifacts/learning.svg"

    @property
    def wanted(self) -> Wanted:
        workers = 1 if self.embedded else self.workers
        return Wanted(workers=workers, threads=self.threads)


@dataclass(frozen=True, kw_only=True)
class Stage:
    """Everything that runs; ``postgres`` and ``redis`` are None when embedded."""

    product: Product
    world: World
    postgres: Postgres | None
    redis: RedisServer | None

    def meter(self) -> Meter:
        """A meter over every process that serves."""
        roots = dict(self.product.pids())
        if self.postgres is not None and self.redis is not None:
            roots |= {"postgresql": self.postgres.pid, "redis": self.redis.pid}
        return Meter(roots)


@contextmanager
def set_up(options: Options) -> Iterator[Stage]:
    """Servers and world ready, the product not yet started."""
    with ExitStack() as stack:
        folder = stack.enter_context(own_folder())
        postgres = redis = None
        if options.embedded:
            product = embedded(folder, options.wanted)
        else:
            say("starting PostgreSQL and Redis of this run's own")
            postgres, redis = Postgres(folder), RedisServer(folder)
            for server in (postgres, redis):
                stack.callback(server.stop)
                server.start()
            product = production(
                folder, options.wanted, postgres_url=postgres.url, redis_url=redis.url
            )
        stack.callback(product.stop)
        say("loading organisations, banks and a paper")
        world = stack.enter_context(open_world(product.settings))
        yield Stage(product=product, world=world, postgres=postgres, redis=redis)
