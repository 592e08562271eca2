# shellcheck shell=bash
# A hub and shops' nodes as processes of the script that reads this, in a folder of
# their own, and how to ask them. The script sets, before it calls anything here:
#   script    its name, as it stands in messages
#   programs  the folder of the three programs
# and gets $work, which is removed at the end unless it fails or sets keep=true.

work=$(mktemp -d "${TMPDIR:-/tmp}/comptoir-${script##*/}.XXXXXX")
keep=false
has_ended_well=false
declare -A pid_of=()      # daemon → process
declare -A grpc_of=()     # shop → address of its node
declare -A helper_pids=() # process → what it is; stopped at the end like the daemons
hub_sync=127.0.0.1:0
hub_web=127.0.0.1:0
hub_is_up=false
library=${BASH_SOURCE[0]%/*}

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
[[ -t 1 ]] || say() { printf '\n== %s\n' "$*"; }
tell() { printf '  %s\n' "$*"; }
fail() {
  printf '%s: %s\n' "$script" "$*" >&2
  exit 1
}

# ---- processes ---------------------------------------------------------------

clean_up() {
  local i
  if $has_ended_well && $keep; then return; fi
  kill -TERM "${pid_of[@]}" "${!helper_pids[@]}" 2>/dev/null || true
  # They drain within 5 seconds; one that does not is not waited for.
  for ((i = 0; i < 100; i++)); do
    kill -0 "${pid_of[@]}" 2>/dev/null || break
    sleep 0.1
  done
  kill -KILL "${pid_of[@]}" 2>/dev/null || true
  wait 2>/dev/null || true
  if $has_ended_well; then
    rm -rf "$work"
  else
    printf '%s: logs and data are left in %s\n' "$script" "$work" >&2
  fi
}
trap clean_up EXIT
trap 'exit 130' INT TERM

# wait_until SECONDS WHAT COMMAND…: polls until the command succeeds. Bash tells of
# every child that a signal ended: here that is the plan, and not shown.
wait_until() {
  local deadline=$((SECONDS + $1)) what=$2
  shift 2
  until "$@"; do
    ((SECONDS < deadline)) || fail "$what: not within the time it may take"
    { sleep 0.1; } 2>/dev/null
  done
}

is_ready() { # NAME: has it said so? Fails at once if it died instead.
  grep -q '^ready ' "$work/$1.ready" && return 0
  kill -0 "${pid_of[$1]}" 2>/dev/null || fail "$1 did not start: $(tail -3 "$work/$1.log")"
  return 1
}

# start NAME COMMAND…: a daemon, until it is ready.
start() {
  local name=$1
  shift
  : >"$work/$name.ready"
  "$@" >"$work/$name.ready" 2>>"$work/$name.log" </dev/null &
  pid_of[$name]=$!
  wait_until "${patience:-60}" "$name to be ready" is_ready "$name"
}

# ready_field NAME KEY: from the line 'ready key=value …'.
ready_field() { tr ' ' '\n' <"$work/$1.ready" | sed -n "s/^$2=//p"; }

end() { # SIGNAL NAME: a daemon, until it is gone
  kill "-$1" "${pid_of[$2]}"
  wait "${pid_of[$2]}" 2>/dev/null || true
  unset "pid_of[$2]"
}

make_hub() {
  "$programs/comptoir-hub" init --data "$work/hub" --name "Les Petits Producteurs" >"$work/hub.log"
  start_hub
}

start_hub() { # at the address that the shops know
  start hub "$programs/comptoir-hub" --data "$work/hub" \
    --listen "$hub_sync" --web-listen "$hub_web"
  hub_sync=$(ready_field hub sync)
  hub_web=$(ready_field hub web)
  hub_is_up=true
}

kill_hub() {
  end KILL hub
  hub_is_up=false
}

enrol_shop() { # SHOP: and starts it
  local token
  token=$(ask_hub token create --shop "$1" 2>>"$work/hub.log")
  "$programs/comptoir-node" enroll --data "$work/$1" --name "$1-1" --hub "$hub_web" \
    --token "$token" >>"$work/$1.log" 2>&1 || fail "$1 could not enrol: $(tail -1 "$work/$1.log")"
  start_shop "$1"
}

start_shop() { # SHOP [OPTION…]: at the address that its tills know
  local shop=$1
  shift
  start "$shop" "$programs/comptoir-node" --data "$work/$shop" \
    --listen "${grpc_of[$shop]:-127.0.0.1:0}" --web-listen 127.0.0.1:0 "$@"
  grpc_of[$shop]=$(ready_field "$shop" grpc)
}

# ---- asking ------------------------------------------------------------------

ask_hub() { "$programs/comptoir" --hub "$hub_sync" --identity "$work/hub/operator.pem" "$@"; }
ask_shop() { "$programs/comptoir" --node "${grpc_of[$1]}" "${@:2}"; }

# facts WHAT [name=value …]: answers in JSON on standard input as lines of fields.
facts() {
  local set_variables=() variable
  for variable in "what=$1" "${@:2}"; do set_variables+=(-v "$variable"); done
  tr '{' '\n' | awk "${set_variables[@]}" -f "$library/facts.awk" | sort
}

# json_value KEY: the last value of that key on standard input.
json_value() { sed -n "s/.*\"$1\":\"\{0,1\}\([^\",}]*\).*/\1/p"; }

knows_products() { # SHOP COUNT
  [[ $(ask_shop "$1" products --json | grep -o '"product":' | wc -l) == "$2" ]]
}

heads_agree() { # NODE [SHOP]: with the hub; the node is named like its shop unless said
  cmp -s <(ask_shop "$1" status --heads --json | facts heads "shop=${2:-$1}") \
    <(ask_hub status --heads --json | facts heads "shop=${2:-$1}")
}

# ---- the reckoning -----------------------------------------------------------

differences=0
# agree WHAT FILE FILE: says whether two files are the same, and where not.
agree() {
  if cmp -s "$2" "$3"; then
    printf '  %-74s %s\n' "$1" agree
  else
    printf '  %-74s %s\n' "$1" 'DIFFER'
    diff "$2" "$3" | head -5 || true
    differences=$((differences + 1))
  fi
}

verify_daemon() { # NAME
  local report=
  if [[ $1 == hub ]]; then
    report=$(ask_hub verify 2>&1) && report+=$'\nfine'
  else
    report=$(ask_shop "$1" verify 2>&1) && report+=$'\nfine'
  fi
  if [[ ${report##*$'\n'} == fine ]]; then
    printf '  %-74s %s\n' "verify: $1, ${report%%, *}" clean
  else
    printf '  %-74s %s\n%s\n' "verify: $1" 'NOT CLEAN' "$report"
    differences=$((differences + 1))
  fi
}
