# Product by shop: what is on each shelf, for the products that brought in most.
# awk -v top=15 -f table.awk catalogue.csv SOLD STOCK      (as facts.awk gives them)

function quantity(milli, unit) {
  return unit == "pièce" ? sprintf("%d", milli / 1000) : sprintf("%.3f", milli / 1000)
}
function row(first, a, b, c, d, e, f, g) {
  printf "  %-22s %11s %11s %15s %11s %11s %11s %12s", first, a, b, c, d, e, f, g
}
BEGIN {
  FS = "\t"
  split("outremeuse guillemins sainte-walburge herstal", shops, " ")
}
FNR == 1 { part++ }
part == 1 && FNR > 1 {
  split($0, column, ";")
  name[column[1]] = column[2]
  unit[column[1]] = column[3]
  codes[++code_count] = column[1]
}
part == 2 {
  sold[$2] += $3
  cents[$2] += $4
  shop_cents[$1] += $4
  all_cents += $4
}
part == 3 {
  stock[$1, $2] += $3
  all_stock[$2] += $3
}
END {
  # Insertion sort: a hundred and some products.
  for (i = 2; i <= code_count; i++) {
    code = codes[i]
    for (j = i - 1; j >= 1 && cents[codes[j]] < cents[code]; j--) codes[j + 1] = codes[j]
    codes[j + 1] = code
  }
  row("on the shelf", shops[1], shops[2], shops[3], shops[4], "together", "sold", "euros")
  print "  name"
  for (i = 1; i <= top; i++) {
    code = codes[i]
    u = unit[code]
    row(code, quantity(stock[shops[1], code], u), quantity(stock[shops[2], code], u), \
      quantity(stock[shops[3], code], u), quantity(stock[shops[4], code], u), \
      quantity(all_stock[code], u), quantity(sold[code], u), sprintf("%.2f", cents[code] / 100))
    print "  " name[code] (u == "pièce" ? "" : ", " u)
  }
  printf "  … and %d more\n", code_count - top
  row("sold, euros", sprintf("%.2f", shop_cents[shops[1]] / 100), \
    sprintf("%.2f", shop_cents[shops[2]] / 100), sprintf("%.2f", shop_cents[shops[3]] / 100), \
    sprintf("%.2f", shop_cents[shops[4]] / 100), "", "", sprintf("%.2f", all_cents / 100))
  print ""
}
