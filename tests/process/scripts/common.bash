# shellcheck shell=bash
# What the scripts of this folder share: their options, a small co-op, a till whose
# own journal is the oracle, and the comparison at the end. The script sets, before
# it reads this:
#   script  its name, as it stands in messages
#   about   what it does, for --help
# and gets $programs, $rounds and what scripts/lib/coop.bash gives.

top=$(cd "${BASH_SOURCE[0]%/*}/../../.." && pwd)
programs=${COMPTOIR_PROGRAMS:-$top/build/dev/bin}
rounds=${COMPTOIR_ROUNDS:-1}

print_usage() {
  printf 'usage: %s [--bin DIR] [--rounds N]\n\n%s\n\n' "$script" "$about"
  printf '  --bin DIR   take the programs in DIR (default: COMPTOIR_PROGRAMS, or build/dev/bin)\n'
  printf '  --rounds N  N times as much of it (default: COMPTOIR_ROUNDS, or 1)\n'
}

words=() # what stands on the command line besides options
while (($# > 0)); do
  case $1 in
    --bin) programs=$(cd "${2:?--bin needs a folder}" && pwd) && shift ;;
    --rounds) rounds=${2:?--rounds needs a number} && shift ;;
    -h | --help) print_usage && exit 0 ;;
    -*) printf "%s: what is '%s'?\n" "$script" "$1" >&2 && print_usage >&2 && exit 2 ;;
    *) words+=("$1") ;;
  esac
  shift
done
[[ $rounds =~ ^[1-9][0-9]*$ ]] || { printf '%s: --rounds needs a number\n' "$script" >&2 && exit 2; }

# Settings of whoever runs this are not the test's.
unset "${!COMPTOIR_@}"
export LC_ALL=C.UTF-8

# Under the thread sanitizer on a loaded machine all takes ten times as long.
# Nothing is measured by it: it only bounds how long a hang goes unnoticed.
# shellcheck disable=SC2034 # read by coop.bash
patience=240

# shellcheck source=scripts/lib/coop.bash
source "$top/scripts/lib/coop.bash"

days=("$(date -u -d '1 day ago' +%F)" "$(date -u +%F)" "$(date -u -d '1 day' +%F)")

# A port that a daemon can come back to: below those that the system hands out to
# whoever connects somewhere, and free now.
pick_port() {
  local port
  while :; do
    port=$((12000 + SRANDOM % 20000))
    (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
  done
  printf '%s' "$port"
}

hub_sync=127.0.0.1:$(pick_port)
hub_web=127.0.0.1:$(pick_port)

# ---- a small co-op -----------------------------------------------------------

write_baskets() { # COUNT: of sales, on standard output
  local i
  for ((i = 0; i < $1; i++)); do printf 'carottes=0.750 pain-gris=%d\n' $((i % 3 + 1)); done
}

make_hub_with_catalogue() {
  make_hub
  cat >"$work/products.csv" <<'CSV'
code;name;unit;price;vat
carottes;Carottes;kg;1.95;6
pain-gris;Pain gris;piece;3.20;6
CSV
  ask_hub import products "$work/products.csv" >>"$work/hub.log"
}

make_coop() { # SHOP…: a hub with a catalogue, and shops that know it
  local shop
  make_hub_with_catalogue
  for shop in "$@"; do add_shop "$shop"; done
}

add_shop() { # SHOP: enrolled, running, and it knows the catalogue
  grpc_of[$1]=127.0.0.1:$(pick_port)
  enrol_shop "$1"
  wait_until "$patience" "the catalogue to reach $1" knows_products "$1" 2
  : >"$work/$1.till"
}

hub_command() {
  printf '%s\n' "$programs/comptoir-hub" --data "$work/hub" --listen "$hub_sync" --web-listen "$hub_web"
}
shop_command() { # SHOP
  printf '%s\n' "$programs/comptoir-node" --data "$work/$1" --listen "${grpc_of[$1]}" \
    --web-listen 127.0.0.1:0
}

start_daemon() { if [[ $1 == hub ]]; then start_hub; else start_shop "$1"; fi; }

# stop NAME…: SIGTERM, and each must end well: what a sanitizer found fails here.
stop() {
  local name code
  for name in "$@"; do
    code=0
    kill -TERM "${pid_of[$name]}"
    wait "${pid_of[$name]}" || code=$?
    unset "pid_of[$name]"
    ((code == 0)) || fail "$name ended with code $code: $(tail -3 "$work/$name.log")"
  done
}

is_gone() { ! kill -0 "${pid_of[$1]}" 2>/dev/null; }

# ---- tills -------------------------------------------------------------------

declare -A till_of=() # shop → process of its till

# start_till SHOP COUNT [OPTION…]: sells, connecting again by itself where it must.
start_till() {
  local shop=$1 count=$2
  shift 2
  write_baskets "$count" >"$work/$shop.baskets"
  # Not by a function: its process must be the till's own.
  "$programs/comptoir" --node "${grpc_of[$shop]}" --timeout "${patience}s" till \
    --from "$work/$shop.baskets" --journal "$work/$shop.till" --pay card "$@" \
    >>"$work/$shop.tills" 2>&1 </dev/null &
  till_of[$shop]=$!
  helper_pids[$!]=till
}

is_selling() { kill -0 "${till_of[$1]}" 2>/dev/null; } # SHOP

end_till() { # SHOP: waits until all is sold, and it must have gone well
  local till=${till_of[$1]}
  wait "$till" || fail "the till of $1 ended with an error: $(tail -2 "$work/$1.tills")"
  unset "helper_pids[$till]" "till_of[$1]"
}

sell() { # SHOP COUNT [OPTION…]
  start_till "$@"
  end_till "$1"
}

told() { awk '$1 == "sold"' "$work/$1.till" | wc -l; } # SHOP: sales that its till heard of

has_sold() { (($(told "$1") >= $2)); } # SHOP COUNT: in all

sells_on() { # SHOP: its till hears of further sales
  local before
  before=$(told "$1")
  wait_until "$patience" "the till of $1 to sell on" has_sold "$1" $((before + 1))
}

# ---- comparing ---------------------------------------------------------------

# held DAEMON SHOP: the receipts it has of that shop: number and cents.
held() {
  local day ask=(ask_shop "$1")
  [[ $1 == hub ]] && ask=(ask_hub)
  for day in "${days[@]}"; do
    "${ask[@]}" receipts --shop "$2" --day "$day" --limit 1000000
  done | awk -v shop="$2-" 'index($1, shop) == 1 { sub(/\./, "", $5); print $1 "\t" $5 + 0 }' | sort
}

# holds_what_was_told DAEMON SHOP: exactly that, each number once.
holds_what_was_told() {
  awk -F'\t' '$1 == "sold" { print $3 "\t" $4 }' "$work/$2.till" | sort >"$work/told.now"
  held "$1" "$2" >"$work/held.now" || fail "$1 does not say which receipts it holds"
  cmp -s "$work/told.now" "$work/held.now"
}

must_hold_what_was_told() { # DAEMON SHOP
  holds_what_was_told "$1" "$2" || fail "$1 does not hold what the till of $2 was told (<: told, >: held):
$(diff "$work/told.now" "$work/held.now" | head -10)"
}

# All that it holds was told, to the cent, but it may lack some.
must_hold_nothing_else() { # DAEMON SHOP
  local others
  holds_what_was_told "$1" "$2" && return 0
  others=$(comm -13 "$work/told.now" "$work/held.now" | head -3)
  [[ -z $others ]] || fail "$1 shows receipts that nobody was told of: $others"
}

numbers_are_unique() { # over all that tills were ever told
  local twice
  twice=$(cat "$work"/*.till | awk -F'\t' '$1 == "sold" { print $3 }' | sort | uniq -d | head -3)
  [[ -z $twice ]] || fail "numbers given twice: $twice"
}

status_of() { # DAEMON KEY
  if [[ $1 == hub ]]; then ask_hub status --json; else ask_shop "$1" status --json; fi |
    json_value "$2" | tail -1
}

is_level() { # NODE [SHOP]: the node is named like its shop unless said
  local status
  status=$(ask_shop "$1" status --json) || return 1
  [[ $(json_value online <<<"$status") == true ]] || return 1
  [[ $(json_value waitingEntries <<<"$status") == 0 ]] || return 1
  heads_agree "$@"
}

await_level() { # SHOP…
  local shop
  for shop in "$@"; do wait_until "$patience" "$shop and the hub to become level" is_level "$shop"; done
}

# The promise at the end of every script: level, all told is held at both ends and
# nothing else is, daemons say they are sound, end well, and their folders are sound.
reckon() { # SHOP…
  local shop name report
  await_level "$@"
  for shop in "$@"; do
    must_hold_what_was_told "$shop" "$shop"
    must_hold_what_was_told hub "$shop"
  done
  for name in hub "$@"; do verify_daemon "$name"; done
  ((differences == 0)) || fail "not sound: see above"
  stop "$@" hub
  for name in hub "$@"; do
    report=$(verify_folder "$name" "$work/$name") || fail "the folder of $name: $report"
  done
}

# verify_folder DAEMON FOLDER: of one that is stopped; what it says.
verify_folder() {
  local program=comptoir-node
  [[ $1 == hub ]] && program=comptoir-hub
  "$programs/$program" verify --data "$2" 2>&1
}

# entries_in DAEMON FOLDER: how many a stopped one holds, if it is sound. Looks at
# a copy, for opening a store changes it.
entries_in() {
  local report
  rm -rf "$work/look" && cp -a "$2" "$work/look"
  report=$(verify_folder "$1" "$work/look") || fail "the folder of $1 is not sound: $report"
  sed -n 's/^sound: .*journals, \([0-9]*\) entries.*/\1/p' <<<"$report"
}

# ---- damage ------------------------------------------------------------------

# Below a number that may pass 32767.
random_below() { echo $(((RANDOM * 32768 + RANDOM) % $1)); }

flip_byte() { # FILE OFFSET: all its bits
  local byte
  byte=$(od -An -tu1 -j "$2" -N 1 "$1")
  # shellcheck disable=SC2059 # the format is the byte
  printf "\\x$(printf %02x $((byte ^ 255)))" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

proved() { # SENTENCE: the last line
  printf '%s: proved: %s\n' "$script" "$*"
  has_ended_well=true
}
