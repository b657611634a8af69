"""The HTTP session of all outgoing requests: nothing leaves for where it was not meant to go."""

import requests
import urllib3

from kis import __version__

#: What a request may raise, whatever the other side does. Their texts hold URLs: only the type
#: is ever shown.
TRANSPORT_ERRORS = (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError)


class Session(requests.Session):
    """Follows no redirect (secrets are in headers and URLs) and reads no ~/.netrc."""

    def __init__(self) -> None:
        super().__init__()
        self.headers["User-Agent"] = f"kis-discord-alert/{__version__}"
        # An auth of its own, even an empty one, keeps requests from looking for another.
        self.auth = lambda request: request

    def get_redirect_target(self, resp: requests.Response) -> None:
        """None: a redirect is an answer like any other."""
