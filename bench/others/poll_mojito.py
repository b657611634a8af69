"""One poll by mojito2: the balance (it has no call for orders); its token is in a file."""

import os
from typing import Any

from mojito import KoreaInvestment

Client: Any = KoreaInvestment


class Pointed(Client):  # type: ignore[misc]
    """The client, its address the simulator's."""

    def set_base_url(self, mock: bool = True) -> None:
        self.base_url = os.environ["KIS_BASE_URL"]


client = Pointed(
    os.environ["KIS_APP_KEY"], os.environ["KIS_APP_SECRET"], os.environ["KIS_ACCOUNT_NO"]
)
assert client.fetch_balance()["output1"]
