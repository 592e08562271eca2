# Turns answers of `comptoir --json` into lines of plain fields, apart by tabs,
# so that shops, hub and the sums written beforehand can be held side by side.
# Reads one object a line: put `tr '{' '\n'` before it.
#
#   -v what=sold      of `sales --by-product`: SHOP CODE thousandths cents, days added up
#   -v what=receipts  of `sales`: SHOP count cents, days added up
#   -v what=stock     of `stock` or `inventory`: SHOP CODE thousandths; -v shop= where rows have none
#   -v what=heads     of `status --heads`: JOURNAL SEQUENCE HASH; -v shop= leaves out other shops'
#   -v what=goods     of `movements`: KIND PRODUCT thousandths, of waste and counts
#   -v what=refund    of a `receipt`: CODE cents, of each line
#   -v what=shops     of `shops`: NODE online last_seen_ms waiting

# The value of "key":"value" or "key":value in `line`; empty where there is none.
function value(line, key,    text) {
  if (!match(line, "\"" key "\":(\"[^\"]*\"|[^,}\\]]*)")) return ""
  text = substr(line, RSTART + length(key) + 3, RLENGTH - length(key) - 3)
  gsub(/^"|"$/, "", text)
  return text
}

BEGIN { OFS = "\t" }

what == "sold" && value($0, "product") != "" {
  key = value($0, "shop") OFS value($0, "product")
  milli[key] += value($0, "quantityMilli")
  cents[key] += value($0, "totalCents")
}
what == "receipts" && value($0, "receipts") != "" {
  count[value($0, "shop")] += value($0, "receipts")
  cents[value($0, "shop")] += value($0, "totalCents")
}
what == "stock" {
  # An inventory names the product once and then a shop a line.
  if (value($0, "product") != "") product = value($0, "product")
  at = value($0, "shop") == "" ? shop : value($0, "shop")
  if (value($0, "quantityMilli") != "") print at, product, value($0, "quantityMilli")
}
what == "goods" {
  # A movement names its kind, and then a line of goods a line.
  if (value($0, "kind") != "") kind = value($0, "kind")
  if (kind ~ /_(WASTED|COUNTED)$/ && value($0, "quantityMilli") != "") {
    print kind, value($0, "product"), value($0, "quantityMilli")
  }
}
what == "refund" && value($0, "product") != "" { print value($0, "product"), value($0, "totalCents") }
what == "heads" && value($0, "hash") != "" {
  scope = value($0, "scope")
  if (scope == "SCOPE_HUB" || (scope == "SCOPE_SHOP" && value($0, "shop") != shop)) next
  print value($0, "journal"), value($0, "sequence"), value($0, "hash")
}
what == "shops" && value($0, "node") != "" {
  print value($0, "node"), value($0, "online"), value($0, "lastSeenMs"), value($0, "waitingEntries")
}
END {
  if (what == "sold") for (key in milli) print key, milli[key], cents[key]
  if (what == "receipts") for (key in count) print key, count[key], cents[key]
}
