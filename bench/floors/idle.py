"""The floor of an idle run: the four packages, one GET, three Redis commands."""

import json
import os

import pydantic_settings  # noqa: F401
import redis
import requests
import tenacity  # noqa: F401

requests.get(os.environ["FLOOR_URL"], headers=json.loads(os.environ["FLOOR_HEADERS"]), timeout=10)
store = redis.Redis.from_url(os.environ["FLOOR_REDIS_URL"])
store.hset("floor", "taken", "1")
store.hgetall("floor")
store.hset("floor", "good", "1")
