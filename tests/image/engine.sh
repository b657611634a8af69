#!/usr/bin/env bash
# Makes this machine ready for tests/image: a docker engine, compose, base images.
#
#   tests/image/engine.sh
#
# Does only what is missing, and fails where it cannot: these tests are never skipped.
# On a machine that reaches an image registry the base images are pulled. Elsewhere
# they are local stand-ins: MAKE_BASE_IMAGES (default ../shared/make-base-images.sh)
# makes those of the Dockerfile, this script that of Redis, both from Debian packages.
set -euo pipefail
cd "$(dirname "$0")/../.."

MAKE_BASE_IMAGES=${MAKE_BASE_IMAGES:-../shared/make-base-images.sh}
LOG=${TMPDIR:-/tmp}/dockerd.log

say() { echo "engine: $*" >&2; }
die() { say "$*"; exit 1; }

install() {
  command -v apt-get >/dev/null && (( EUID == 0 )) || die "no $1 here, and no root and apt-get to install it"
  say "installing $*"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

start_engine() {
  command -v dockerd >/dev/null || install docker.io iptables
  say "starting dockerd, log in $LOG"
  setsid nohup dockerd >"$LOG" 2>&1 </dev/null &
  for _ in {1..60}; do
    docker info >/dev/null 2>&1 && return
    sleep 1
  done
  tail -20 "$LOG" >&2
  die "dockerd does not answer"
}

have() { docker image inspect "$1" >/dev/null 2>&1; }

# Debian's Redis with the user, the directory and the command of the official image.
make_redis() {
  local context
  context=$(mktemp -d)
  cat >"$context/Dockerfile" <<'D'
FROM debian:trixie-slim
RUN groupadd -g 1000 redis && useradd -u 999 -g redis -M -s /usr/sbin/nologin redis \
 && apt-get update && apt-get install -y --no-install-recommends redis-server \
 && rm -rf /var/lib/apt/lists/* && install -d -o redis -g redis /data
VOLUME /data
WORKDIR /data
CMD ["redis-server"]
D
  DOCKER_BUILDKIT=0 docker build -t "$1" "$context" >"$context/log" 2>&1 || {
    tail -20 "$context/log" >&2
    die "no stand-in for $1"
  }
  rm -r "$context"
}

docker info >/dev/null 2>&1 || start_engine
docker compose version >/dev/null 2>&1 || command -v docker-compose >/dev/null || install docker-compose

bases=$(sed -nE 's/^FROM ([^ ]+).*/\1/p' Dockerfile | sort -u)
redis=$(sed -nE 's/^ *image: (redis:.*)/\1/p' compose.yaml)

for image in $bases $redis; do
  have "$image" || docker pull -q "$image" >/dev/null 2>&1 || say "$image: no registry has it"
done
for image in $bases; do
  have "$image" && continue
  [[ -f $MAKE_BASE_IMAGES ]] || die "no $image, and no $MAKE_BASE_IMAGES to make a stand-in"
  say "making stand-ins"
  bash "$MAKE_BASE_IMAGES" --golang >&2
  have "$image" || die "$image is still missing"
done
have "$redis" || make_redis "$redis"
say "ready: $(docker version -f '{{.Server.Version}}')"
