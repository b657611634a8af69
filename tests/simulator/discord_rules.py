"""What Discord refuses in a message, and whom a message would ping (operations facts 1)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

Payload = dict[str, Any]

CONTENT_LIMIT = 2000
EMBED_COUNT_LIMIT = 10
EMBEDS_LIMIT = 6000
FIELD_COUNT_LIMIT = 25
NAME_LIMIT = 80
_EMBED_TEXTS = {"title": 256, "description": 4096}
_FIELD_TEXTS = {"name": 256, "value": 1024}
_NESTED_TEXTS = {"footer": ("text", 2048), "author": ("name", 256)}
_VISIBLE = {"title", "description", "fields", "footer", "author", "image", "thumbnail", "video"}
_MENTION_KINDS = ("everyone", "users", "roles")
_MENTIONS = {
    "everyone": re.compile(r"@(everyone|here)"),
    "users": re.compile(r"<@!?(\d+)>"),
    "roles": re.compile(r"<@&(\d+)>"),
}

Problem = tuple[str, str]


def refused_payload(payload: object, files: int = 0) -> tuple[int, Payload] | None:
    """The refusal of a message: code 50035 with the fields named, 50006 when empty; or None."""
    if not isinstance(payload, dict):
        return 400, {"message": "The request body contains invalid JSON.", "code": 50109}
    problems = list(_problems(payload))
    if problems:
        errors: Payload = {}
        for where, why in problems:
            part = errors
            for step in where.split("."):
                part = part.setdefault(step, {})
            part["_errors"] = [{"code": _error_code(why), "message": why}]
        return 400, {"message": "Invalid Form Body", "code": 50035, "errors": errors}
    if not str(payload.get("content") or "").strip() and not payload.get("embeds") and not files:
        return 400, {"message": "Cannot send an empty message", "code": 50006}
    return None


def would_ping(payload: Mapping[str, Any]) -> bool:
    """Whether the content mentions somebody whom `allowed_mentions` does not hold back."""
    content = str(payload.get("content") or "")
    allowed = payload.get("allowed_mentions")
    for kind, pattern in _MENTIONS.items():
        found = pattern.findall(content)
        if not found:
            continue
        if not isinstance(allowed, dict) or kind in (allowed.get("parse") or []):
            return True
        if set(found) & set(allowed.get(kind) or []):
            return True
    return False


def _error_code(why: str) -> str:
    if "or fewer" in why or "exceeds" in why:
        return "BASE_TYPE_MAX_LENGTH"
    return "BASE_TYPE_REQUIRED" if "required" in why else "BASE_TYPE_BAD"


def _problems(payload: Payload) -> Iterator[Problem]:
    yield from _text(payload, "content", CONTENT_LIMIT, "content")
    yield from _username(payload.get("username"))
    for name in ("avatar_url", "thread_name"):
        yield from _text(payload, name, CONTENT_LIMIT, name)
    for name, kind in (("flags", int), ("tts", bool)):
        if not isinstance(payload.get(name), kind | None):
            yield name, f"{name} has the wrong type."
    yield from _allowed_mentions(payload.get("allowed_mentions"))
    yield from _embeds(payload.get("embeds"))


def _username(name: object) -> Iterator[Problem]:
    if name is None:
        return
    if not isinstance(name, str) or not 1 <= len(name.strip()) <= NAME_LIMIT:
        yield "username", "Must be between 1 and 80 in length."
    elif re.search("discord|clyde", name, re.IGNORECASE):
        yield "username", 'Username cannot contain "discord" or "clyde"'


def _allowed_mentions(allowed: object) -> Iterator[Problem]:
    if allowed is None:
        return
    if not isinstance(allowed, dict):
        yield "allowed_mentions", "Only dictionaries may be used in a DictType"
        return
    parse = allowed.get("parse", [])
    if not isinstance(parse, list) or any(kind not in _MENTION_KINDS for kind in parse):
        yield "allowed_mentions.parse", f"Value must be one of {_MENTION_KINDS}."
        return
    for kind in ("users", "roles"):
        if not isinstance(allowed.get(kind, []), list):
            yield f"allowed_mentions.{kind}", "Only iterables may be used in a ListType"
        elif kind in parse and allowed.get(kind):
            yield f"allowed_mentions.{kind}", f"parse:{kind} and {kind}: [ids] exclude each other"


def _embeds(embeds: object) -> Iterator[Problem]:
    if embeds is None:
        return
    if not isinstance(embeds, list):
        yield "embeds", "Only iterables may be used in a ListType"
        return
    if len(embeds) > EMBED_COUNT_LIMIT:
        yield "embeds", f"Must be {EMBED_COUNT_LIMIT} or fewer in length."
    for index, embed in enumerate(embeds):
        if isinstance(embed, dict):
            yield from _embed(embed, f"embeds.{index}")
        else:
            yield f"embeds.{index}", "Only dictionaries may be used in a DictType"
    if sum(_embed_size(each) for each in embeds if isinstance(each, dict)) > EMBEDS_LIMIT:
        yield "embeds", "Embed size exceeds maximum size of 6000"


def _embed(embed: Payload, where: str) -> Iterator[Problem]:
    if not set(embed) & _VISIBLE:
        yield f"{where}.description", "This field is required"
    for name, limit in _EMBED_TEXTS.items():
        yield from _text(embed, name, limit, f"{where}.{name}")
    color = embed.get("color")
    if color is not None and (not isinstance(color, int) or not 0 <= color <= 0xFFFFFF):
        yield f"{where}.color", "int value should be between 0 and 16777215."
    for name, (text, limit) in _NESTED_TEXTS.items():
        part = embed.get(name)
        if part is not None and not isinstance(part, dict):
            yield f"{where}.{name}", "Only dictionaries may be used in a DictType"
        elif part is not None:
            yield from _text(part, text, limit, f"{where}.{name}.{text}", required=True)
    fields = embed.get("fields") or []
    if not isinstance(fields, list) or len(fields) > FIELD_COUNT_LIMIT:
        yield f"{where}.fields", f"Must be {FIELD_COUNT_LIMIT} or fewer in length."
        return
    for index, field in enumerate(fields):
        for name, limit in _FIELD_TEXTS.items():
            part = field if isinstance(field, dict) else {}
            yield from _text(part, name, limit, f"{where}.fields.{index}.{name}", required=True)


def _text(
    part: Payload, name: str, limit: int, where: str, *, required: bool = False
) -> Iterator[Problem]:
    value = part.get(name)
    if value is None and not required:
        return
    if not isinstance(value, str):
        yield where, "This field is required" if value is None else "Could not interpret as string."
    elif len(value) > limit:
        yield where, f"Must be {limit} or fewer in length."
    elif required and not value.strip():
        yield where, "This field is required"


def _embed_size(embed: Payload) -> int:
    texts = [embed.get(name) for name in _EMBED_TEXTS]
    for name, (text, _) in _NESTED_TEXTS.items():
        part = embed.get(name)
        texts.append(part.get(text) if isinstance(part, dict) else None)
    for field in embed.get("fields") or []:
        texts += [field.get(name) for name in _FIELD_TEXTS] if isinstance(field, dict) else []
    return sum(len(text) for text in texts if isinstance(text, str))
