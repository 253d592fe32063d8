#!/bin/sh
# Sets a market up on a development chain, in two steps: contracts (keys for everybody, and the contracts), and, once
# polyswarmd runs, money. What is done already is not done again, so that each start of the others may begin with it.
set -eu
umask 077
cd "${MARKET_DIRECTORY:-/market}"
export PASSWORD_FILE=password KEYFILE=operator.json
PARTIES='ambassador consumer eicar yara clamav microengine'

# What is sent here waits for blocks, and nobody else mines any yet.
mine() {
  [ -z "${miner:-}" ] || return 0
  mine-blocks &
  miner=$!
  trap 'kill $miner' EXIT
}

address() {
  account list . | sed -n "s|^\(0x[0-9a-fA-F]*\) *\(.*/\)*$1\.json$|\1|p"
}

case ${1:-} in
  contracts)
    [ -s password ] || head -c 32 /dev/urandom | base64 > password
    for party in operator arbiter keeper $PARTIES; do
      [ -s "$party.json" ] || account new --keyfile "$party.json"
    done
    # Where it is cut short, the next start goes on.
    if [ ! -s sidechain.json ]; then
      mine
      polyswarmd deploy --arbiter "$(address arbiter)" --assertion-reveal-window 10 --arbiter-vote-window 20
    fi
    ;;
  money)
    for party in arbiter $PARTIES; do
      [ -e "$party.paid" ] && continue
      mine
      [ "$party" = arbiter ] && amount=10001000 || amount=100000
      account mint "$amount" "$(address "$party")" --journal /data/journal.sqlite
      : > "$party.paid"
    done
    ;;
  *)
    echo "set-up-market: say what to set up: contracts or money" >&2
    exit 1
    ;;
esac
