"""Continuation: cursors in the body, the decision in the header `tr_cont` (fact sheet 2.6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tests.simulator.replies import Body, Reply, refusal
from tests.simulator.state import Asked, Continuation, State, cursors

CURSOR_WIDTH = 100


@dataclass(frozen=True, slots=True)
class Page:
    """Which rows go out, and what the answer says about more."""

    start: int
    end: int
    flag: str
    cursor_fields: Body

    @property
    def has_more(self) -> bool:
        """Whether the header says that pages follow."""
        return self.flag in ("F", "M")


def cut(
    state: State,
    asked: Asked,
    *,
    keys: Sequence[str],
    size: int,
    label: str,
    shifts: bool = False,
    first_flag: str = "F",
) -> Page | Reply:
    """The asked page of the rows named by `keys`, or the refusal.

    A continuation must echo both cursors verbatim and repeat every other parameter: APBK1350
    otherwise. `shifts` says that rows shift when new ones come (newest first): then a list
    that changed since page 1 answers SYDB0050; so does any, when a test asked for it.
    `label` is the readable content of the filter cursor, `first_flag` what page 1 says when
    more follow.
    """
    number, start, seen = 1, 0, tuple(keys)
    if asked.is_continued:
        known = state.continuations.get(cursors(asked.query))
        if known is None or known.query != _fixed(asked.query):
            return refusal("APBK1350")
        if state.change_pending or (shifts and known.keys != seen):
            state.change_pending = False
            return refusal("SYDB0050")
        if known.last_key not in keys:
            return refusal("SYDB0050")
        number, start, seen = known.page, keys.index(known.last_key) + 1, known.keys
    end = min(start + size, len(keys))
    fields = _remember(state, asked, number, keys[end - 1] if end > start else "", seen, label)
    return Page(start, end, _flag(number, first_flag, more=end < len(keys)), fields)


def _remember(
    state: State, asked: Asked, number: int, last_key: str, seen: tuple[str, ...], label: str
) -> Body:
    filter_cursor = label.ljust(CURSOR_WIDTH)
    # Also filled on the last page: only the header tells that it is the last (2.6).
    key_cursor = last_key.ljust(CURSOR_WIDTH)
    if last_key:
        state.continuations[filter_cursor, key_cursor] = Continuation(
            number + 1, last_key, seen, _fixed(asked.query)
        )
    return {"ctx_area_fk100": filter_cursor, "ctx_area_nk100": key_cursor}


def _flag(number: int, first_flag: str, *, more: bool) -> str:
    # An answer without rows says D as well: python-kis fails on anything but F, M, D and E, so
    # a blank would have broken it on every empty account.
    if more:
        return first_flag if number == 1 else "M"
    return "D" if number == 1 else "E"


def _fixed(query: dict[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((k, v) for k, v in query.items() if not k.startswith("CTX_AREA_")))
