"""chk-holiday: which days are market days, 24 at a time (fact sheet 6)."""

from __future__ import annotations

from datetime import timedelta

from tests.simulator.moments import day_text, days_from, parse_day
from tests.simulator.replies import Body, Reply, refusal, success
from tests.simulator.state import Asked, State

DAYS = 24
CURSOR_WIDTH = 20


def holidays(state: State, asked: Asked) -> Reply:
    """24 calendar days from BASS_DT; `tr_day_yn` is "Y" on every day and says nothing (6).

    Cursors are 20 characters and have no "100" in their names; the official sample walks them,
    so a continuation goes on after the last day of the page before.
    """
    start = parse_day(asked.query["BASS_DT"])
    if start is None:
        return refusal("OPSQ2001", message="ERROR INVALID BASS_DT")
    last = parse_day(asked.query["CTX_AREA_NK"].strip()) if asked.is_continued else None
    if last is not None:
        start = last + timedelta(days=1)
    days = days_from(start, DAYS)
    body: Body = {
        "ctx_area_nk": day_text(days[-1]).ljust(CURSOR_WIDTH),
        "ctx_area_fk": day_text(start).ljust(CURSOR_WIDTH),
        "output": [
            {
                "bass_dt": day_text(day),
                "wday_dvsn_cd": f"{day.isoweekday() % 7 + 1:02d}",
                "bzdy_yn": "Y" if state.market.is_open(day) else "N",
                "tr_day_yn": "Y",
                "opnd_yn": "Y" if state.market.is_open(day) else "N",
                "sttl_day_yn": "Y" if state.market.is_open(day) else "N",
            }
            for day in days
        ],
    }
    return success(body, "KIOK0500", continuation="M" if asked.is_continued else "F")
