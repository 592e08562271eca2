# Makes the tills' baskets from the receipts: one line a sale, `code=quantity …`,
# in files DIR/SHOP.1, DIR/SHOP.2 and DIR/SHOP.3, a third of all receipts each.
# The rules are in README.md. `expected.awk` works the sums out without this file.
#
# awk -v dir=DIR -f baskets.awk catalogue.csv articles.csv RECEIPTS

function quantity(unit, position) {
  if (unit == "kg") return sprintf("%.3f", 0.25 + 0.05 * (position % 20))
  if (unit == "litre") return sprintf("%.3f", 0.5 + 0.25 * (position % 3))
  return position % 5 == 4 ? "2" : "1"
}

BEGIN {
  shop_count = split("outremeuse guillemins sainte-walburge herstal", shops, " ")
}
FNR == 1 { file++ }
file < 3 {
  if (FNR == 1) next
  split($0, field, ";")
  if (file == 1) unit_of[field[1]] = field[3]
  else code_of[field[2]] = field[1]
  next
}
{
  n = receipt_count++
  line_count = split($0, articles, ",")
  basket = ""
  for (i = 0; i < line_count; i++) {
    article = articles[i + 1]
    sub(/[ \r]+$/, "", article)
    if (!(article in code_of)) {
      printf "receipts, line %d: no code for \"%s\"\n", n + 1, article > "/dev/stderr"
      failed = 1
      exit 1
    }
    code = code_of[article]
    basket = basket (i ? " " : "") code "=" quantity(unit_of[code], n + i)
  }
  baskets[n] = basket
}
END {
  if (failed) exit 1
  for (n = 0; n < receipt_count; n++) {
    third = 1 + int(3 * n / receipt_count)
    print baskets[n] > (dir "/" shops[1 + n % shop_count] "." third)
  }
}
