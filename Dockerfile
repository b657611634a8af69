# One image: `docker run IMAGE` keeps the schedule in ./crontab,
# `docker run IMAGE fills` runs once. Builds for amd64 and arm64 as it stands.

# --- supercronic: built here, so that the Go checksum database vouches for the
# source on every architecture and the standard library is the stage's own.
FROM golang:1.26-trixie AS supercronic
RUN CGO_ENABLED=0 GOBIN=/out \
    go install -trimpath -ldflags="-s -w" github.com/aptible/supercronic@v0.2.48

# --- the virtual environment and the code, byte-compiled.
FROM python:3.13-slim AS build
WORKDIR /app
COPY requirements.txt ./
# The environment gets no pip of its own; the base's pip fills it. Only wheels:
# nothing from an index runs code during the build.
RUN python -m venv --without-pip /venv \
 && pip --python /venv/bin/python install --no-cache-dir --no-compile \
        --only-binary=:all: --require-hashes -r requirements.txt
# `holidays` knows every country, and importing one exchange imports them all: 8 MB
# and most of the time that the import takes. Seoul's is what stays, and has to work.
RUN find /venv/lib \( -path '*/holidays/countries/*' -o -path '*/holidays/financial/*' \) \
        -name '*.py' ! -name south_korea.py ! -name korea_exchange.py -delete \
 && find /venv/lib -path '*/holidays/locale/*' -name '*.mo' ! -name KR.mo ! -name XKRX.mo -delete \
 && /venv/bin/python -Bc "import holidays; assert holidays.financial_holidays('XKRX', years=2026)"
# Libraries as byte code alone: half the size, and imported at full speed from a
# read-only disk. Their tracebacks keep file and line, ours the text as well.
RUN python -m compileall -q -b -j 0 /venv/lib \
 && find /venv/lib -name '*.py' -delete
COPY run.py ./
COPY kis ./kis
COPY crontab ./
# unchecked-hash: valid whatever happens to the sources' times on the way.
RUN python -m compileall -q --invalidation-mode unchecked-hash /app

# --- what runs
FROM python:3.13-slim
ARG VERSION=0.0.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="kis-discord-alert" \
      org.opencontainers.image.description="한국투자증권 계좌의 체결·수익률을 디스코드로 알립니다" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"

# A number, not a name: Kubernetes' runAsNonRoot cannot judge a name.
RUN install -d -o 10001 -g 10001 -m 0700 /data

COPY --from=supercronic /out/supercronic /usr/local/bin/supercronic
COPY --from=build /venv /venv
COPY --from=build /app /app

# The working directory is the volume, so that the state stays there too where a
# .env with an empty STATE_FILE= takes the variable away; no import is looked up in it.
ENV PATH=/venv/bin:$PATH \
    PYTHONPATH=/app \
    PYTHONSAFEPATH=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    STATE_FILE=/data/kis-discord-alert.db \
    TZ=Asia/Seoul
WORKDIR /data

# A schedule in an unknown zone, or one that supercronic reads otherwise than meant,
# stops the build instead of staying silent at 09:00.
RUN supercronic -test /app/crontab

USER 10001:10001
VOLUME /data

# Only marks the container: unhealthy when no run has gone well for too long within
# session hours. Three in a row, so one slow minute at KIS is not an alarm.
HEALTHCHECK --interval=2m --timeout=15s --start-period=3m --retries=3 \
    CMD ["python", "-m", "kis.health"]

ENTRYPOINT ["python", "/app/run.py"]
CMD ["cron"]
