# shellcheck shell=bash
# What the unseen commands of cli/README.md may call: a small co-op at the default
# ports. Read by the bash that the script 'readme' keeps, in a network of its own.
: "${programs:?}"
# shellcheck disable=SC2034 # read by coop.bash
script=readme patience=120
# shellcheck source=scripts/lib/coop.bash
source "${BASH_SOURCE[0]%/*}/../../../scripts/lib/coop.bash"
ip link set lo up
hub_sync=127.0.0.1:7400 hub_web=127.0.0.1:7401
shops=()

# fresh SHOP…: a new co-op of these, in a new folder, that knows nothing.
fresh() {
  local name
  for name in "${!pid_of[@]}"; do end TERM "$name"; done
  rm -rf "${work:?}"/* && mkdir "$work/desk" && cd "$work/desk" || return
  shops=("$@")
  grpc_of=([outremeuse]=127.0.0.1:7410 [herstal]=127.0.0.1:7420)
  make_hub
  export COMPTOIR_IDENTITY=$work/hub/operator.pem
  for name in "$@"; do enrol_shop "$name"; done
}

# level: until every shop and the hub hold the same.
level() {
  local shop
  for shop in "${shops[@]}"; do wait_until "$patience" "$shop to be level" heads_agree "$shop"; done
}

is_offline() { comptoir status | grep -q "Connection refused"; }

# The hub is gone, and outremeuse knows.
cut() {
  kill_hub
  wait_until "$patience" 'the node to be offline' is_offline
}

# The shop runs, and reaches no hub.
isolate() { # SHOP
  end TERM "$1"
  start_shop "$1" --hub 127.0.0.1:9
}

at() { # SHOP WORD…: quietly, at its node
  comptoir --node "${grpc_of[$1]}" "${@:2}" >"$work/quiet" 2>&1 || cat "$work/quiet"
}
at_hub() { comptoir "$@" --hub "$hub_sync" >"$work/quiet" 2>&1 || cat "$work/quiet"; }

is_seen() { comptoir stock --coop "$1" | grep -q "$2"; } # PRODUCT PATTERN: at outremeuse

import_products() {
  import_products_at_hub
  level
}

import_products_at_hub() {
  cat >"$work/products.csv" <<'CSV'
Code;Nom;Unité;Producteur;Nom du producteur;Prix TVAC;TVA
carottes;Carottes;kg;ferme-des-trois-chenes;Ferme des Trois Chênes;1,95;6
pain-gris;Pain gris 800 g;pièce;boulangerie-saint-leonard;Boulangerie Saint-Léonard;3,20;6
savon;Savon de Liège;pièce;savonnerie-angleur;Savonnerie d'Angleur;3,45;21
CSV
  at_hub import products "$work/products.csv"
}
