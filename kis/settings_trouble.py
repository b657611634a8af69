"""Tell that settings, key or account are wrong, or right again, where no account can be trusted.

The webhook stands in for the account. Imported only when there is such a trouble.
"""

import contextlib
from datetime import datetime
from pathlib import Path

from kis import logs
from kis.channels.discord import Discord
from kis.deadline import Timer
from kis.errors import AlertError, SettingsError
from kis.heartbeat import ping
from kis.jobs import frame
from kis.jobs.delivery import Delivery
from kis.settings import DeliverySettings, load_delivery_settings, load_heartbeat_settings
from kis.store import KeyRing, Memory, open_shelves

TIMEOUT = 20.0


def tell_settings_error(error: SettingsError, env_file: Path | None, now: datetime) -> None:
    """Tell of it where the settings that are right suffice for that; else stderr has to do."""
    with contextlib.suppress(SettingsError):
        settings = load_delivery_settings(env_file)
        logs.configure("ERROR", "text", [])
        timer = Timer(TIMEOUT)
        timer.settle(error.exit_code)
        tell_settings(settings, now, error, timer)
    with contextlib.suppress(SettingsError):
        url = load_heartbeat_settings(env_file).heartbeat_url
        if url:
            ping(url.get_secret_value(), good=False)


def tell_settings(
    settings: DeliverySettings, now: datetime, error: AlertError | None, timer: Timer
) -> Delivery:
    """Tell of the error, or without one of the recovery. Where it fails, the next run does it."""
    channel = Discord(settings.discord_webhook_url.get_secret_value())
    with contextlib.suppress(AlertError):
        shelves = open_shelves(*settings.store_location)
        store = Memory(shelves, channel.address, KeyRing(shelves, channel.address))
        outside = frame.Outside(store, channel, timer.deadline, now, timer.lease_seconds)
        own, common = settings.incident_names, [frame.SETTINGS_INCIDENT]
        return frame.tell_settings(outside, error, (own or common) if error else own + common)
    return Delivery()
