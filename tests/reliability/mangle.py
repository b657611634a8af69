"""Recorded bodies of KIS made bad, byte by byte or value by value, always the same way."""

from __future__ import annotations

import copy
import json
import random
from typing import Any

JUNK: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    1.5,
    10**30,
    "",
    " ",
    "0",
    "-5",
    "1e9",
    "NaN",
    "٣",
    "1,000",
    "12345678-01",
    "\x00",
    "\ud800",
    "99999999999999999999999999",
    [],
    {},
    [[]],
    [None],
    [{}],
    {"a": "b"},
    "KIOK0560",
    "EGW00201",
    "7",
)
PIECES = (b"\x00", b"\xff", b'"', b"{", b"]", b",", b"null", b"[" * 40, b"<html>", b"9", b"-")
STATUSES = (200, 200, 200, 200, 500, 502, 403, 404, 301, 204)
FLAGS = ("", "", "D", "E", "F", "M", "N", "X", None)


def mangled(dice: random.Random, body: bytes) -> bytes:
    """The body after one to three injuries."""
    for _ in range(dice.randint(1, 3)):
        body = _value(dice, body) if dice.random() < 0.6 else _bytes(dice, body)
    return body


def surroundings(dice: random.Random) -> tuple[int, dict[str, str]]:
    """An HTTP status and headers, mostly right."""
    flag = dice.choice(FLAGS)
    return dice.choice(STATUSES), {} if flag is None else {"tr_cont": flag}


def _bytes(dice: random.Random, body: bytes) -> bytes:
    where = dice.randint(0, len(body))
    match dice.randint(0, 4):
        case 0:
            return body[:where]
        case 1:
            return body[:where] + dice.choice(PIECES) + body[where:]
        case 2:
            return body[:where] + body[where + dice.randint(1, 40) :]
        case 3:
            return body[:where] + bytes([dice.randrange(256)]) + body[where + 1 :]
        case _:
            return body[where:] + body[:where]


def _value(dice: random.Random, body: bytes) -> bytes:
    try:
        root = json.loads(body)
    except (ValueError, RecursionError):
        return _bytes(dice, body)
    places = list(_places(root))
    if not places:
        return json.dumps(dice.choice(JUNK)).encode()
    holder, key = dice.choice(places)
    match dice.randint(0, 4):
        case 0:
            del holder[key]
        case 1 if isinstance(holder, dict):
            holder[dice.choice((key.upper(), f"{key} ", "rt_cd", "output1"))] = holder.pop(key)
        case 2 if isinstance(holder, list):
            holder.append(copy.deepcopy(holder[key]))
        case 3:
            other, name = dice.choice(places)
            holder[key] = copy.deepcopy(other[name])
        case _:
            holder[key] = copy.deepcopy(dice.choice(JUNK))
    return json.dumps(root, ensure_ascii=dice.random() < 0.9).encode("utf-8", "surrogatepass")


def _places(node: Any) -> list[tuple[Any, Any]]:
    """Every holder and key below a value."""
    items = list(node.items()) if isinstance(node, dict) else []
    items += list(enumerate(node)) if isinstance(node, list) else []
    found = [(node, key) for key, _ in items]
    for _, value in items:
        found += _places(value)
    return found
