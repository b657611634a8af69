"""Command line: argv -> job; builds every part; exit status.

python run.py fills | report | start | stop | check | cron
"""

import argparse
import io
import logging
import os
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kis import __version__, logs
from kis.core.calendar import SEOUL
from kis.core.identity import fingerprint, without_account
from kis.deadline import Deadline, Timer
from kis.errors import AlertError, Interrupted, SettingsError, describe_bug
from kis.settings import Settings, load_settings

if TYPE_CHECKING:
    from kis.broker.client import Client
    from kis.jobs.frame import Job, Parts, Result
    from kis.store import Shelves

COMMANDS = {
    "fills": "오늘의 새 체결을 알립니다",
    "report": "보유 종목과 수급을 보고합니다 (한 시간에 한 번)",
    "start": "시작 메시지를 보냅니다 (하루 한 번)",
    "stop": "종료 메시지를 보냅니다 (하루 한 번)",
    "check": "설정, 저장소, KIS, 웹훅을 확인합니다 (아무것도 보내지 않음)",
    "cron": "이미지의 crontab으로 supercronic을 실행합니다",
}
ACCOUNT_KINDS = {"real": "실전 계좌", "paper": "모의투자 계좌"}

EXIT_CODES = "종료 코드: 0 끝남 · 1 실패했거나 보낼 메시지가 남음 · 2 설정·사용법 오류"


log = logging.getLogger("kis")


def main(argv: list[str]) -> int:
    """Run one command; its exit status."""
    sys.excepthook = logs.report_crash
    if isinstance(sys.stdout, io.TextIOWrapper):  # No console is too old for a ✔.
        sys.stdout.reconfigure(errors="replace")
    arguments = parse_arguments(argv)
    if arguments.command == "cron":
        return exec_cron()
    try:
        settings = load_settings(arguments.env_file)
    except SettingsError as error:
        print(error.reason, file=sys.stderr)
        if arguments.command != "check" and not arguments.dry_run:
            from kis.settings_trouble import tell_settings_error

            tell_settings_error(error, arguments.env_file, arguments.at or datetime.now(SEOUL))
        return error.exit_code
    logs.configure(settings.log_level, settings.log_format, settings.secrets)
    now = arguments.at or datetime.now(SEOUL)
    if arguments.command == "check":
        return check(settings, now)
    return run_job(arguments, settings, now)


def parse_arguments(argv: list[str]) -> argparse.Namespace:
    names = "\n".join(f"  {name:8}{text}" for name, text in COMMANDS.items())
    parser = argparse.ArgumentParser(
        prog="run.py",
        description="한국투자증권 계좌의 체결과 수익률을 디스코드로 알리고 끝납니다.",
        epilog=f"명령:\n{names}\n\n{EXIT_CODES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("command", choices=COMMANDS, metavar="명령", help=" | ".join(COMMANDS))
    add("--dry-run", action="store_true", help="보낼 내용을 표준출력에 쓰기만 함 (fills, report)")
    add("--force", action="store_true", help="휴장일, 이미 보고한 시간에도 실행 (fills, report)")
    add("--env-file", type=Path, metavar="파일", help=".env 대신 읽을 설정 파일 (계좌마다 하나)")
    add("--at", type=_moment, metavar="시각", help="이 시각인 것처럼 실행 (시험용, ISO 8601)")
    add("--version", action="version", version=f"kis-discord-alert {__version__}")
    arguments = parser.parse_args(argv)
    if (arguments.dry_run or arguments.force) and arguments.command not in ("fills", "report"):
        parser.error("--dry-run과 --force는 fills와 report에만 쓸 수 있습니다")
    return arguments


def _moment(text: str) -> datetime:
    """An ISO 8601 moment; Seoul's time where it names no zone."""
    moment = datetime.fromisoformat(text)
    return moment.astimezone(SEOUL) if moment.tzinfo else moment.replace(tzinfo=SEOUL)


def exec_cron() -> int:
    """Become supercronic, which then is the container's first process."""
    crontab = Path(__file__).parents[1] / "crontab"
    try:
        os.execvp("supercronic", ["supercronic", "-passthrough-logs", str(crontab)])
    except OSError:
        print("cron: supercronic이 없습니다. 이미지 안에서만 쓸 수 있습니다", file=sys.stderr)
        return 2


def run_job(arguments: argparse.Namespace, settings: Settings, now: datetime) -> int:
    """One run of a job: build, run, log, ping."""
    from kis.jobs import frame

    started = time.monotonic()
    timer = Timer(
        settings.report_timeout if arguments.command == "report" else settings.run_timeout
    )
    options = frame.Options(dry_run=arguments.dry_run, force=arguments.force)
    result, calls = frame.Result(), 0
    try:
        shelves = _open_shelves(settings)
        parts = build(settings, shelves, timer, now)
        try:
            frame.run(job_named(arguments.command), parts, options, result)
        finally:
            calls = parts.market.calls
    except AlertError as error:
        result.error, result.outcome = error, "failed"
    # The boundary: whatever it is, the log and the heartbeat have to tell it.
    except Exception as error:  # noqa: BLE001
        result.error = AlertError(f"내부 오류 ({describe_bug(error)})")
        result.outcome = "failed"
    if options.dry_run:
        for message in result.messages:
            print(message.text, end="\n\n")
    is_real = not options.dry_run and result.outcome != "busy"
    wrong = result.error if result.error and result.error.needs_user else None
    if is_real and (wrong or (result.settings_untold and result.ledger_answered)):
        from kis.settings_trouble import tell_settings

        result.delivery += tell_settings(settings, now, wrong, timer)
    timer.settle(result.exit_code)
    _log(arguments.command, result, calls, time.monotonic() - started)
    if settings.heartbeat_url and is_real:
        from kis.heartbeat import ping

        ping(settings.heartbeat_url.get_secret_value(), good=result.exit_code == 0)
    return result.exit_code


def job_named(command: str) -> "Job":
    """Only the job at hand is imported: half of an idle run is imports."""
    if command == "fills":
        from kis.jobs.fills import FILLS

        return FILLS
    if command == "report":
        from kis.jobs.report import REPORT

        return REPORT
    from kis.jobs.status import START, STOP

    return START if command == "start" else STOP


def build(settings: Settings, shelves: "Shelves", timer: Timer, now: datetime) -> "Parts":
    """All parts of a run. A new market or channel is one line here."""
    from kis.broker.domestic import DomesticMarket
    from kis.channels.discord import Discord
    from kis.jobs.frame import SETTINGS_INCIDENT, Parts
    from kis.store import KeyRing, Memory

    number, product_code = settings.account
    keyring = KeyRing(
        shelves, fingerprint(settings.kis_env, settings.kis_app_key.get_secret_value())
    )
    channel = Discord(settings.discord_webhook_url.get_secret_value())
    client = build_client(settings, keyring, timer.for_gathering, now)
    return Parts(
        store=Memory(
            shelves,
            fingerprint(settings.kis_env, number, product_code),
            keyring,
            settings=channel.address,
            settings_names=[*settings.incident_names, SETTINGS_INCIDENT],
        ),
        market=DomesticMarket(client, keyring, number, product_code, is_paper=settings.is_paper),
        channel=channel,
        deadline=timer.deadline,
        now=now,
        account_kind=ACCOUNT_KINDS[settings.kis_env],
        lease_seconds=timer.lease_seconds,
    )


def build_client(settings: Settings, keyring: Any, deadline: Deadline, now: datetime) -> "Client":
    from kis.broker.client import Client

    return Client(
        settings.base_url,
        settings.kis_app_key.get_secret_value(),
        settings.kis_app_secret.get_secret_value(),
        keyring,
        deadline,
        now,
        settings.quote_rate,
        is_paper=settings.is_paper,
    )


def _open_shelves(settings: Settings) -> "Shelves":
    from kis.store import open_shelves

    shelves = open_shelves(*settings.store_location)
    if shelves.is_new:
        log.warning("상태 파일을 새로 만들었습니다. 이 파일이 남지 않으면 매번 최초 실행이 됩니다")
    return shelves


def check(settings: Settings, now: datetime) -> int:
    """One line a part, on stdout; the worst part's exit status."""
    from kis.jobs.check import check_parts

    print(f"✔ 설정: KIS_ENV={settings.kis_env}")
    timer = Timer(settings.run_timeout)
    try:
        shelves = _open_shelves(settings)
        parts = build(settings, shelves, timer, now)
    except AlertError as error:
        print(without_account(f"✘ 저장소: {error}"))
        return error.exit_code
    worst = 0
    for line, code in check_parts(parts, shelves.kind):
        print(without_account(line), flush=True)
        worst = max(worst, code)
    return worst


def _log(command: str, result: "Result", calls: int, took: float) -> None:
    """The run's one line, after its warnings."""
    for warning in result.warnings:
        log.warning(warning)
    facts: dict[str, Any] = {"outcome": result.outcome, **result.found}
    if not isinstance(result.error, Interrupted):  # Else what was posted is not known here.
        facts |= {"posted": result.delivery.posted, "waiting": result.delivery.waiting}
    facts |= {"kis_calls": calls, "seconds": round(took, 2)}
    trouble = result.error or result.delivery.trouble
    if trouble:
        facts["reason"] = str(trouble)
    level = logging.ERROR if result.exit_code else logging.INFO
    log.log(level, command, extra={"facts": facts})
