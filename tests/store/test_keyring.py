"""What all runs of one app key share: sealed token, calendar, claims."""

import base64
from datetime import date, datetime

import pytest

from kis.broker.token import Token, seal
from kis.core.calendar import SEOUL
from kis.core.models import Calendar
from kis.store import KeyRing
from tests.store.conftest import Backend, Open

MONDAY = date(2026, 11, 23)
SECRET = "application-secret" * 10
TOKEN = Token("eyJ0eXAi.TOKENtokenTOKEN.SIGNATURE", datetime(2026, 11, 24, 8, tzinfo=SEOUL))


@pytest.fixture
def keyring(opened: Open) -> KeyRing:
    return KeyRing(opened(), "k" * 24)


@pytest.fixture
def other(opened: Open) -> KeyRing:
    """The same key, in another run."""
    return KeyRing(opened(), "k" * 24)


def test_a_token_is_shared_by_all_runs_of_a_key(
    keyring: KeyRing, other: KeyRing, opened: Open
) -> None:
    assert (keyring.token(), other.token()) == ("", "")
    assert keyring.replace_token("", "sealed")
    assert keyring.token() == "sealed"
    assert other.token() == ""
    assert other.token(fresh=True) == "sealed"
    assert KeyRing(opened(), "j" * 24).token() == ""


def test_a_token_is_replaced_by_who_knows_it(keyring: KeyRing, other: KeyRing) -> None:
    assert keyring.replace_token("", "one")
    assert not other.replace_token("", "two")
    assert other.token() == "one"
    assert other.replace_token("one", "")
    assert not keyring.replace_token("one", "three")
    assert keyring.token() == ""


def test_the_store_gives_no_token_away(keyring: KeyRing, backend: Backend) -> None:
    keyring.replace_token("", seal(TOKEN, SECRET))
    stored = str(backend.peek())
    assert keyring.token() in stored
    for part in TOKEN.value.split("."):
        assert part not in stored
        assert base64.b64encode(part.encode()).decode().rstrip("=") not in stored
        assert part.encode().hex() not in stored
    assert SECRET not in stored


def test_a_calendar_comes_back_as_it_was(keyring: KeyRing, other: KeyRing) -> None:
    assert keyring.calendar() == Calendar()
    kept = Calendar(MONDAY, {MONDAY: True, date(2026, 11, 28): False})
    assert keyring.claim("calendar", 20)
    keyring.keep_calendar(kept)
    assert keyring.calendar() == kept
    assert other.calendar() == kept
    nothing_known = Calendar(MONDAY, {})
    keyring.keep_calendar(nothing_known)
    assert other.calendar() == kept
    assert other.calendar(fresh=True) == nothing_known


def test_only_one_run_does_a_thing(keyring: KeyRing, other: KeyRing) -> None:
    assert keyring.claim("token", 20)
    assert not other.claim("token", 20)
    assert other.claim("calendar", 20)
    keyring.release("token")
    assert other.claim("token", 20)
    keyring.release("token")
    assert not keyring.claim("token", 20)


def test_what_the_opening_read_is_not_read_again(keyring: KeyRing, other: KeyRing) -> None:
    other.replace_token("", "sealed")
    keyring.accept({"token": "from the opening"})
    assert keyring.token() == "from the opening"
    assert keyring.token(fresh=True) == "sealed"


def test_slots_are_shared_by_all_runs_of_a_key(keyring: KeyRing, other: KeyRing) -> None:
    assert keyring.reserve("ledger", 3, 60) == 0
    assert other.reserve("ledger", 3, 60) == pytest.approx(3, abs=1)
    assert other.reserve("ledger", 3, 1) is None
