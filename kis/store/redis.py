"""Shelves in Redis: one hash each, one script per step, so that a retried command is harmless.

Commands of Redis 7.0. All shelves of one step share a hash tag, as a cluster demands.
"""

from collections.abc import Sequence
from typing import Any, cast

import redis
from redis.backoff import ExponentialBackoff
from redis.retry import Retry

from kis.errors import AlertError, SettingsError, StoreUnavailable
from kis.store.shelves import CLOCK_SLACK, DAY, DAYS_KEPT, Change, Claim, Place, Want

# An unreachable or frozen server is known within 3 s of the start, with the one retry.
CONNECT_TIMEOUT = 0.8
ANSWER_TIMEOUT = 0.8

# A lease is "TAKEN-AT SECONDS OWNER" by the server's clock; a released one was taken at 0.
_LEASE = f"""
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local function holder(value)
  local taken, seconds, owner = string.match(value or '', '^(%S+) (%S+) (%S+)$')
  if not owner then return nil, false end
  local age = now - tonumber(taken)
  return owner, age > -{CLOCK_SLACK} and age < tonumber(seconds), tonumber(taken) == 0
end
local function take(shelf, name, seconds, owner)
  redis.call('HSET', shelf, 'lease:' .. name, string.format('%.3f %s %s', now, seconds, owner))
end
"""

_CLAIM = (
    _LEASE
    + """
local name, owner, seconds = ARGV[1], ARGV[2], ARGV[3]
local other, valid = holder(redis.call('HGET', KEYS[1], 'lease:' .. name))
if valid and other ~= owner then return 0 end
take(KEYS[1], name, seconds, owner)
return 1
"""
)

_WRITE = (
    _LEASE
    + f"""
local name, owner, seconds, release, prefix = unpack(ARGV, 1, 5)
local other, valid, released = holder(redis.call('HGET', KEYS[1], 'lease:' .. name))
if other == owner and released then return 1 end  -- Our own earlier try, whose answer was lost.
if not valid or other ~= owner then return 0 end
for at = 6, #ARGV, 5 do
  local verb, key, field, value, text = unpack(ARGV, at, at + 4)
  key = KEYS[tonumber(key)]
  if verb == 'put' then redis.call('HSET', key, field, value)
  elseif verb == 'drop' then redis.call('HDEL', key, field)
  elseif redis.call('HSETNX', key, field, value) == 1 then
    local number = redis.call('HINCRBY', KEYS[1], 'sequence', 1)
    redis.call('HSET', KEYS[1], string.format('%s%012d', prefix, number), text)
  end
end
for _, key in ipairs(KEYS) do
  if string.find(key, '{DAY}', 1, true) then redis.call('EXPIRE', key, {DAYS_KEPT * 86400}) end
end
if release == '1' then
  redis.call('HSET', KEYS[1], 'lease:' .. name, '0 0 ' .. owner)
else
  take(KEYS[1], name, seconds, owner)
end
return 1
"""
)

_RESERVE = f"""
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local interval, within = tonumber(ARGV[2]), tonumber(ARGV[3])
local free, noted = string.match(redis.call('HGET', KEYS[1], ARGV[1]) or '0', '^(%S+) ?(%S*)$')
free, noted = tonumber(free), tonumber(noted) or tonumber(free)
if free < now or noted > now + {CLOCK_SLACK} then free = now end  -- The clock was set back.
if free - now > within then return '' end
redis.call('HSET', KEYS[1], ARGV[1], string.format('%.6f %.6f', free + interval, now))
return string.format('%.6f', free - now)
"""

_SWAP = """
local current = redis.call('HGET', KEYS[1], ARGV[1]) or ''
if current == ARGV[3] then return 1 end
if current ~= ARGV[2] then return 0 end
if ARGV[3] == '' then redis.call('HDEL', KEYS[1], ARGV[1])
else redis.call('HSET', KEYS[1], ARGV[1], ARGV[3]) end
return 1
"""


class RedisShelves:
    """`url` as redis-py reads it (redis://, rediss://, unix://)."""

    kind = "Redis"
    is_new = False

    def __init__(self, url: str) -> None:
        try:
            self._redis = redis.Redis.from_url(
                url,
                decode_responses=True,
                protocol=2,
                driver_info=None,  # Two round trips less: the server need not know our version.
                socket_connect_timeout=CONNECT_TIMEOUT,
                socket_timeout=ANSWER_TIMEOUT,
                retry=Retry(ExponentialBackoff(cap=0.2, base=0.05), 1),
            )
            self._redis.connection_pool.make_connection()  # Connects to nothing yet.
        except (ValueError, TypeError, redis.RedisError):
            raise SettingsError("REDIS_URL: 주소 뒤의 옵션이 잘못되었습니다") from None

    def read(
        self, wants: Sequence[Want], claim: Claim | None = None
    ) -> tuple[bool, list[dict[str, str]]]:
        with self._redis.pipeline(transaction=False) as pipe:
            if claim:
                pipe.eval(_CLAIM, 1, claim.shelf, claim.name, claim.owner, f"{claim.seconds:.3f}")
            for want in wants:
                if want.fields:
                    pipe.hmget(want.shelf, list(want.fields))
                else:
                    pipe.hgetall(want.shelf)
            answers: list[Any] = self._run(pipe.execute)
        taken = bool(answers.pop(0)) if claim else True
        return taken, [_fields(want, answer) for want, answer in zip(wants, answers, strict=True)]

    def write(self, claim: Claim, change: Change) -> bool:
        keys = [claim.shelf]

        def index(place: Place) -> int:
            if place.shelf not in keys:
                keys.append(place.shelf)
            return keys.index(place.shelf) + 1

        arguments: list[str | int] = [claim.name, claim.owner, f"{claim.seconds:.3f}"]
        arguments += [int(change.release), change.queue_prefix]
        # Five words a verb. As they are: as one text they would be copied thrice on a heavy day.
        for place, value in change.put:
            arguments += ["put", index(place), place.field, value, ""]
        for place in change.drop:
            arguments += ["drop", index(place), place.field, "", ""]
        for once, mark, text in change.queue:
            arguments += ["queue", index(once), once.field, mark, text]
        return bool(self._run(self._redis.eval, _WRITE, len(keys), *keys, *arguments))

    def reserve(self, place: Place, interval: float, within: float) -> float | None:
        wait = self._run(
            self._redis.eval, _RESERVE, 1, place.shelf, place.field, str(interval), str(within)
        )
        return float(wait) if wait else None

    def swap(self, place: Place, old: str, new: str) -> bool:
        return bool(self._run(self._redis.eval, _SWAP, 1, place.shelf, place.field, old, new))

    def close(self) -> None:
        self._redis.close()

    def _run(self, command: Any, *arguments: Any) -> Any:
        """Run a command; its errors carry no address and no password."""
        try:
            return command(*arguments)
        except redis.RedisError as error:
            raise _error(error) from None


def _fields(want: Want, answer: Any) -> dict[str, str]:
    if not want.fields:
        return cast(dict[str, str], answer)
    return {
        name: value for name, value in zip(want.fields, answer, strict=True) if value is not None
    }


def _error(error: redis.RedisError) -> AlertError:
    match error:
        case redis.AuthenticationError() | redis.exceptions.NoPermissionError():
            return SettingsError("REDIS_URL: Redis가 사용자 이름이나 암호를 거절했습니다")
        case redis.exceptions.OutOfMemoryError():
            return StoreUnavailable("Redis 메모리가 가득 찼습니다 (maxmemory를 늘리세요)")
        case redis.exceptions.ReadOnlyError():
            return StoreUnavailable("Redis가 읽기 전용입니다 (복제 서버에 연결됨)")
        case redis.BusyLoadingError():
            return StoreUnavailable("Redis가 데이터를 불러오는 중입니다")
        case redis.ResponseError() if "DB index" in str(error):
            return SettingsError("REDIS_URL: 이 Redis에 없는 데이터베이스 번호입니다")
        case redis.ConnectionError() | redis.TimeoutError():
            return StoreUnavailable(
                "Redis에 연결할 수 없습니다 (REDIS_URL과 서버 상태를 확인하세요)"
            )
        case _:
            return StoreUnavailable(f"Redis 오류 ({type(error).__name__})")
