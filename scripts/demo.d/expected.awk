# The sums that must come out, straight from the catalogue and the receipts, in
# whole numbers: thousandths of a unit and euro cents. Shares no code with the
# product or with `baskets.awk`.
#
# awk -f expected.awk catalogue.csv articles.csv RECEIPTS
#
# Lines, fields apart by tabs:
#   receipts  SHOP  count
#   sold      SHOP  CODE  thousandths  cents     every article in every shop
#   product   CODE  thousandths  cents           over all shops
#   shop      SHOP  cents
#   all       count  cents
#   first     CODE  thousandths  cents            guillemins' first receipt, its first line
#   later     SHOP  CODE  thousandths             sold in the second and third thirds

BEGIN {
  OFS = "\t"
  shop_name[0] = "outremeuse"
  shop_name[1] = "guillemins"
  shop_name[2] = "sainte-walburge"
  shop_name[3] = "herstal"
}
FNR == 1 { part++ }
part == 1 && FNR > 1 {
  split($0, column, ";")
  codes[++code_total] = column[1]
  measure[column[1]] = column[3]
  euros = column[6]
  # "2,25" is 225 cents: every price of the catalogue has two decimals.
  sub(/,/, "", euros)
  cents_each[column[1]] = euros + 0
}
part == 2 && FNR > 1 {
  at = index($0, ";")
  coded[substr($0, at + 1)] = substr($0, 1, at - 1)
}
part == 3 { lines[++line_total] = $0 }
function take(line, receipt,    shop, rest, place, comma, name, code, k, milli, cents) {
  shop = shop_name[receipt % 4]
  receipts[shop]++
  rest = line ","
  place = 0
  while ((comma = index(rest, ",")) > 0) {
    name = substr(rest, 1, comma - 1)
    rest = substr(rest, comma + 1)
    gsub(/[ \r]+$/, "", name)
    code = coded[name]
    if (code == "") {
      print "no code for " name > "/dev/stderr"
      broken = 1
      return
    }
    k = receipt + place
    milli = 1000
    if (measure[code] == "kg") milli = 250 + 50 * (k % 20)
    else if (measure[code] == "litre") milli = 500 + 250 * (k % 3)
    else if (k % 5 == 4) milli = 2000
    # Nothing is negative here, so adding a half rounds half away from zero.
    cents = int((milli * cents_each[code] + 500) / 1000)
    sold_milli[shop, code] += milli
    sold_cents[shop, code] += cents
    product_milli[code] += milli
    product_cents[code] += cents
    shop_cents[shop] += cents
    all_cents += cents
    if (3 * receipt >= line_total) later_milli[shop, code] += milli
    if (receipt == 1 && place == 0) first = code OFS milli OFS cents
    place++
  }
}
END {
  for (receipt = 0; receipt < line_total; receipt++) take(lines[receipt + 1], receipt)
  if (broken) exit 1
  for (s = 0; s < 4; s++) print "receipts", shop_name[s], receipts[shop_name[s]] + 0
  for (s = 0; s < 4; s++) {
    for (c = 1; c <= code_total; c++) {
      print "sold", shop_name[s], codes[c], sold_milli[shop_name[s], codes[c]] + 0, \
        sold_cents[shop_name[s], codes[c]] + 0
    }
  }
  for (c = 1; c <= code_total; c++) {
    print "product", codes[c], product_milli[codes[c]] + 0, product_cents[codes[c]] + 0
  }
  for (s = 0; s < 4; s++) print "shop", shop_name[s], shop_cents[shop_name[s]] + 0
  print "all", line_total, all_cents + 0
  print "first", first
  for (s = 0; s < 4; s++) {
    for (c = 1; c <= code_total; c++) {
      print "later", shop_name[s], codes[c], later_milli[shop_name[s], codes[c]] + 0
    }
  }
}
