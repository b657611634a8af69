"""One line a run, as text or JSON, in which no secret is ever seen."""

import json
import logging
from typing import Any

import pytest

from kis.errors import describe_bug
from kis.logs import Blotter

SECRETS = ["12345678-01", "12345678", "app key/with+signs=", 'quote"and\\slash', "tokenTOKEN"]


def line(message: str, *, as_json: bool, **facts: Any) -> str:
    record = logging.LogRecord("kis", logging.INFO, "", 0, message, None, None)
    record.facts = facts
    return Blotter(SECRETS, as_json=as_json).format(record)


def test_a_line_of_text_has_moment_level_command_and_facts() -> None:
    text = line("fills", as_json=False, outcome="ok", new=2, reason="KIS 오류: 왜")
    moment, level, rest = text.split(" ", 2)
    assert moment.startswith("20")
    assert moment.endswith("+09:00")
    assert level == "INFO"
    assert rest == 'fills outcome=ok new=2 reason="KIS 오류: 왜"'


def test_a_line_of_json_has_the_same_as_fields() -> None:
    fields = json.loads(line("fills", as_json=True, outcome="ok", new=2))
    assert fields["message"] == "fills"
    assert (fields["level"], fields["outcome"], fields["new"]) == ("INFO", "ok", 2)


@pytest.mark.parametrize("as_json", [True, False])
@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("form", ["{}", "a {} b", "x={}&y"])
def test_no_secret_is_ever_seen(as_json: bool, secret: str, form: str) -> None:
    text = line(form.format(secret), as_json=as_json, reason=form.format(secret))
    for shape in (secret, json.dumps(secret)[1:-1]):
        assert shape not in text
    assert text.count("***") == 2


def test_a_secret_in_a_url_is_blotted_in_its_quoted_form_too() -> None:
    assert "app%20key" not in line("https://h/?k=app%20key/with%2Bsigns%3D", as_json=False)


@pytest.mark.parametrize("as_json", [True, False])
def test_an_entry_is_one_line(as_json: bool) -> None:
    assert len(line("fills", as_json=as_json, reason="one\ntwo").splitlines()) == 1


def test_a_bug_is_named_by_type_and_place_and_never_by_its_text() -> None:
    try:
        raise ValueError("12345678-01 secret")
    except ValueError as error:
        described = describe_bug(error)
    assert described.startswith("ValueError, tests.test_logs:")
    assert "secret" not in described
