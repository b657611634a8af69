"""The dead-man's switch: one GET after each run, so that no runs at all are noticed elsewhere."""

from urllib.parse import urlsplit, urlunsplit

import requests
import urllib3

TIMEOUT = 5.0


def ping(url: str, *, good: bool) -> None:
    """GET the URL, or its `/fail` after a bad run; whatever comes of it changes nothing."""
    scheme, host, path, query, _ = urlsplit(url)
    if not good:
        path = f"{path.rstrip('/')}/fail"
    try:
        requests.get(
            urlunsplit((scheme, host, path, query, "")),
            timeout=TIMEOUT,
            allow_redirects=False,
            auth=lambda request: request,  # Keeps requests from reading ~/.netrc.
            stream=True,
        ).close()
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError):
        return
