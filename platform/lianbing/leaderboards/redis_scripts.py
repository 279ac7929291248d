"""What is asked of a copy in Redis, each question one script: copy and answer of one instant.

Every script takes the state's key, then the board's root, the group, and its own details; it
answers (epoch, revision, number, number, "member score member score …"), or nothing where there
is no copy. One text, because a client reads one long value faster than two hundred short ones.
All keys carry the board's hash tag, so the ones made from the token lie on the same node.
"""

import hashlib
from typing import Any

from redis import Redis
from redis.exceptions import NoScriptError

HEAD = """
local state = redis.call('HMGET', KEYS[1], 'token', 'epoch', 'revision')
if not (state[1] and state[2] and state[3]) then return nil end
local board = ARGV[1] .. ':' .. state[1] .. ':g:' .. ARGV[2]
local function answer(first, second, rows)
  return {state[2], state[3], first, second, table.concat(rows, ' ')}
end
local function above(score)
  return redis.call('ZCOUNT', board, '(' .. score, '+inf')
end
"""
TOP = """
return answer(0, 0, redis.call('ZREVRANGE', board, 0, ARGV[3] - 1, 'WITHSCORES'))
"""
PLACE = """
local score = redis.call('ZSCORE', board, ARGV[3])
if not score then return answer(0, 0, {}) end
local before = above(score)
return answer(before, before, {ARGV[3], score})
"""
AROUND = """
local position = redis.call('ZREVRANK', board, ARGV[3])
if not position then return answer(0, 0, {}) end
local start = math.max(0, position - ARGV[4])
local rows = redis.call('ZREVRANGE', board, start, position + ARGV[4], 'WITHSCORES')
return answer(above(rows[2]), start, rows)
"""
COUNT = """
return answer(redis.call('ZCARD', board), 0, {})
"""


class Question:
    """One script, sent by its digest, and in full to a Redis that does not know it."""

    def __init__(self, source: str) -> None:
        self._source = HEAD + source
        self._digest = hashlib.sha1(self._source.encode(), usedforsecurity=False).hexdigest()

    def ask(self, client: Redis, key: str, *details: str | int) -> Any:
        """What the script answers about the board whose state lies under the key."""
        try:
            return client.evalsha(self._digest, 1, key, *details)
        except NoScriptError:
            return client.eval(self._source, 1, key, *details)


QUESTIONS = {
    "top": Question(TOP),
    "place": Question(PLACE),
    "around": Question(AROUND),
    "count": Question(COUNT),
}
