"""The texts in which marks, incidents and waiting messages are stored."""

import json
from dataclasses import asdict, replace
from datetime import date, datetime
from decimal import Decimal

from kis.core.models import Filled, Incident, Message, OrderKey, Tone
from kis.ports import Marks, Waiting


def read_marks(text: str | None) -> Marks | None:
    if text is None:
        return None
    days = json.loads(text)
    if isinstance(days, list):  # Rows, as the first versions wrote them.
        return {
            OrderKey(date.fromisoformat(day), branch, order_number): _filled(quantity, amount)
            for day, branch, order_number, quantity, amount in days
        }
    return {
        OrderKey(day, branch, order_number): _filled(*filled.split())
        for day_text, branches in days.items()
        for day in [date.fromisoformat(day_text)]
        for branch, orders in branches.items()
        for order_number, filled in orders.items()
    }


def _filled(quantity: str, amount: str) -> Filled:
    return Filled(Decimal(quantity), Decimal(amount))


def write_marks(marks: Marks) -> str:
    """By day, branch and number: small and quick on a heavy day."""
    days: dict[str, dict[str, dict[str, str]]] = {}
    for (day, branch, order_number), (quantity, amount) in marks.items():
        orders = days.setdefault(day.isoformat(), {}).setdefault(branch, {})
        orders[order_number] = f"{quantity:f} {amount:f}"
    return json.dumps(days, separators=(",", ":"))


def read_incident(text: str) -> Incident:
    fields = json.loads(text)
    return Incident(**{**fields, "since": datetime.fromisoformat(fields["since"])})


def read_waiting(place: str, text: str) -> Waiting:
    fields = json.loads(text)
    message = Message(**{**fields["message"], "tone": Tone(fields["message"]["tone"])})
    return Waiting(**{**fields, "place": place, "message": message})


def write_waiting(waiting: Waiting) -> str:
    return json.dumps(asdict(replace(waiting, place="")), ensure_ascii=False)
