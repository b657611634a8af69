"""Everything that can go wrong, named by who has to act.

A reason is Korean, one line, and safe to show: no key, token, account number or URL is ever in it.
"""


class AlertError(Exception):
    """Any failure this program knows. `reason` is for people, `exit_code` for the scheduler."""

    exit_code = 1
    needs_user = False

    def __init__(self, reason: str, *, code: str = "") -> None:
        self.reason = reason
        self.code = code
        super().__init__(f"{reason} [{code}]" if code else reason)


# The user has to act.
class SettingsError(AlertError):
    """A setting is missing or malformed."""

    exit_code = 2
    needs_user = True


class StateFileError(AlertError):
    """The SQLite file cannot be used."""

    exit_code = 2


class KeyRefused(AlertError):
    """KIS refuses the app key, its secret, its rights or its environment."""

    exit_code = 2
    needs_user = True


class AccountRefused(KeyRefused):
    """The account does not belong to the app key, or is of a kind KIS does not serve."""


class AddressGone(AlertError):
    """The channel's address no longer exists."""

    exit_code = 2


# The next run will do.
class ChannelError(AlertError):
    """The channel did not answer, or not as it should."""


class StoreUnavailable(AlertError):
    """Redis or the SQLite file did not answer; nothing was remembered or announced."""


class LeaseLost(AlertError):
    """This run was paused past its lease; another run may be at work."""


class OutOfTime(AlertError):
    """The next step does not fit in the run's time."""


class Interrupted(AlertError):
    """The run was told to stop (SIGTERM); the next one carries on."""


class BrokerError(AlertError):
    """KIS answered, and the answer is no. Base of what may follow a KIS call."""


class BrokerUnavailable(BrokerError):
    """A passing fault: limits, routing, connection, 5xx. Worth another try."""


class QueryChanged(BrokerError):
    """The data changed between two pages: the query has to start over."""


class TokenRejected(BrokerError):
    """The access token is unknown, missing or expired: issue one and try once more."""


class UnsupportedQuery(BrokerError):
    """This environment or account type has no such query."""


class MalformedAnswer(BrokerError):
    """The answer is not what KIS documents; it is never read as "nothing happened"."""


def describe_bug(error: BaseException) -> str:
    """Type and place of an unexpected error; never its text, which may hold anything."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    place = f", {trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}" if trace else ""
    return f"{type(error).__name__}{place}"
