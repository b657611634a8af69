"""A KIS, a Discord and a heartbeat service over real HTTP that refuse what the real ones refuse.

They follow the fact sheets, not our client: a test against them proves the client, a client
that needs them bent is wrong. Sections named in docstrings are those of the KIS fact sheet.
"""

from tests.simulator.answers import Answer
from tests.simulator.discord import Attempt, Discord, Posted
from tests.simulator.faults import Fault
from tests.simulator.heartbeat import Heartbeat, Ping
from tests.simulator.kis import Call, Kis
from tests.simulator.market import Market
from tests.simulator.moments import KST
from tests.simulator.orders import Order

__all__ = [
    "KST",
    "Answer",
    "Attempt",
    "Call",
    "Discord",
    "Fault",
    "Heartbeat",
    "Kis",
    "Market",
    "Order",
    "Ping",
    "Posted",
]
