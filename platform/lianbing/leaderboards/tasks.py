"""The periodic task that keeps the copies in Redis close behind SQL."""

import logging
from typing import Any

from redis import Redis
from redis.exceptions import RedisError

from lianbing.infra.database import db, transaction
from lianbing.infra.redis_client import find_redis, prefixed
from lianbing.kernel.ids import BoardId
from lianbing.leaderboards import projection
from lianbing.leaderboards.redis_keys import BoardKeys

log = logging.getLogger(__name__)
MOST_WANTED = 20


def project_due() -> int:
    """Project what Redis has not seen and rebuild what readers missed; 0 without Redis."""
    client = find_redis()
    if client is None:
        return 0
    waiting = projection.find_unprojected(db.session())
    db.session.rollback()
    try:
        wanted: Any = client.spop(projection.wanted_key(prefixed("")), MOST_WANTED)
        boards = sorted({*waiting, *(BoardId(int(board_id)) for board_id in wanted or ())})
        return sum(_project(client, board_id) for board_id in boards)
    except RedisError as error:  # readers get their answers from SQL meanwhile
        log.warning("boards were not projected: %s", type(error).__name__)
        return 0


def _project(client: Redis, board_id: BoardId) -> int:
    keys = BoardKeys(prefix=prefixed(""), board_id=board_id)
    total = 0
    while True:
        with transaction() as session:
            moved = projection.project(session, client, keys)
        total += moved
        if moved < projection.BATCH:
            return total
