"""What must never be told, in every spelling, and a look for it in everything that was emitted."""

import base64
import json
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus

from tests.simulator import Discord, Kis

PHONE, ADDRESS = "01012345678", "203.0.113.77"

#: The error about a malformed account shows the form of one, which is the tests' account.
FORM = "형식: 12345678-01"


def secrets_of(kis: Kis, discord: Discord) -> dict[str, str]:
    """All that must never be told, by name."""
    number, _, product = kis.account.partition("-")
    return {
        "app key": kis.app_key,
        "app secret": kis.app_secret,
        "access token": kis.issue_token(),
        "account": kis.account,
        "account without dash": number + product,
        "account number": number,
        "webhook": discord.webhook_url,
        "webhook token": discord.webhook_url.rpartition("/")[2],
        "phone": PHONE,
        "phone with dashes": "010-1234-5678",
        "address": ADDRESS,
    }


def spellings(secret: str) -> Iterator[str]:
    """Plain, URL-encoded, as JSON, and in base64 at each of its three alignments."""
    yield secret
    yield quote(secret, safe="")
    yield quote_plus(secret)
    yield json.dumps(secret)[1:-1]
    for shift in range(3):
        coded = base64.b64encode(b"\x00" * shift + secret.encode()).decode().rstrip("=")
        yield coded[4 if shift else 0 : -2]
        yield coded[4 if shift else 0 : -2].translate(str.maketrans("+/", "-_"))


def leaks(secrets: dict[str, str], emitted: Iterable[str]) -> list[str]:
    """The names of the secrets that stand in a text, with the text's beginning."""
    forms = {name: set(spellings(secret)) for name, secret in secrets.items()}
    return [
        f"{name} in: {text[:300]}"
        for text in (text.replace(FORM, "") for text in emitted)
        for name, spelled in forms.items()
        if any(form in text for form in spelled)
    ]
