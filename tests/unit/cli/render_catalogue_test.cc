#include "cli/render_catalogue.h"

#include <gtest/gtest.h>

#include <sstream>

#include "google/protobuf/text_format.h"

namespace comptoir::cli {
namespace {

template <typename Message>
Message Parse(const std::string& text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message));
  return message;
}

// At 2026-11-23 10:00:00, an hour east of Greenwich.
constexpr char kHub[] = " node: 'hub' wall_ms: 1795424400000 utc_offset_minutes: 60 }";
constexpr char kNode[] =
    " node: 'outremeuse-1' wall_ms: 1795424460000 utc_offset_minutes: 60 "
    "doubtful: true }";

shop::v1::CatalogueEntry Carottes() {
  return Parse<shop::v1::CatalogueEntry>(
      std::string("subject: SUBJECT_PRODUCT code: 'carottes' today: 20780 ") +
      "fields { field: CATALOGUE_FIELD_NAME writes { text: 'Carottes'" + kHub + "}" +
      "fields { field: CATALOGUE_FIELD_UNIT writes { number: 2" + kHub + "}" +
      "fields { field: CATALOGUE_FIELD_GTIN writes { text: ''" + kHub + "}" +
      "fields { field: CATALOGUE_FIELD_PRICE first_day: 20700 writes { number: 180" + kHub + "}" +
      "fields { field: CATALOGUE_FIELD_PRICE first_day: 20780 conflict: true writes { number: 195" +
      kNode + "writes { number: 190" + kHub + "}" +
      "fields { field: CATALOGUE_FIELD_PRICE first_day: 20788 writes { number: 240" + kHub + "}" +
      "fields { field: CATALOGUE_FIELD_PRICE shop: 'outremeuse' first_day: 20710 writes { number: "
      "200" +
      kNode + "}" + "fields { field: CATALOGUE_FIELD_VAT first_day: 20700 writes { number: 600" +
      kHub + "}");
}

TEST(RenderEntry, ShowsEveryValueThatStands) {
  std::ostringstream out;
  RenderEntry(Carottes(), out);
  EXPECT_EQ(
      out.str(),
      "product carottes\n"
      "\n"
      "field                                value                            written by    at\n"
      "name                                 Carottes                         hub           "
      "2026-11-23 10:00:00\n"
      "unit                                 kg                               hub           "
      "2026-11-23 10:00:00\n"
      "gtin                                 none                             hub           "
      "2026-11-23 10:00:00\n"
      "price from 2026-09-04                1.80      past                   hub           "
      "2026-11-23 10:00:00\n"
      "price from 2026-11-23                1.95      in force  wins         outremeuse-1  "
      "2026-11-23 10:01:00 (clock doubtful)\n"
      "                                     1.90                also stands  hub           "
      "2026-11-23 10:00:00\n"
      "price from 2026-12-01                2.40      to come                hub           "
      "2026-11-23 10:00:00\n"
      "price from 2026-09-14 at outremeuse  2.00      in force               outremeuse-1  "
      "2026-11-23 10:01:00 (clock doubtful)\n"
      "VAT from 2026-09-04                  6 %       in force               hub           "
      "2026-11-23 10:00:00\n");
}

TEST(RenderPrices, ShowsPricesAlone) {
  std::ostringstream out;
  RenderPrices(Carottes(), out);
  EXPECT_EQ(out.str().find("Carottes"), std::string::npos);
  EXPECT_NE(out.str().find("price from 2026-12-01"), std::string::npos);
  std::ostringstream none;
  RenderPrices({}, none);
  EXPECT_EQ(none.str(), "no price was ever set\n");
}

TEST(RenderNames, ListsOrSaysHow) {
  std::ostringstream out;
  RenderNames({}, shop::v1::SUBJECT_PRODUCER, out);
  EXPECT_EQ(out.str(), "no producer has a name yet: comptoir producer set CODE --name NAME\n");
  out.str("");
  RenderNames(Parse<shop::v1::ListNamesResponse>(
                  "names { code: 'ferme' name: 'La Ferme' place: 'Dalhem' conflict: true }"),
              shop::v1::SUBJECT_PRODUCER, out);
  EXPECT_EQ(out.str(), "producer  name      place\nferme     La Ferme  Dalhem  conflict\n");
}

TEST(RenderConflicts, SaysWhoAndWhichWins) {
  std::ostringstream out;
  RenderConflicts({}, out);
  EXPECT_EQ(out.str(), "no conflicts\n");
  out.str("");
  shop::v1::ListConflictsResponse response;
  auto* conflict = response.add_conflicts();
  conflict->set_subject(shop::v1::SUBJECT_PRODUCT);
  conflict->set_code("carottes");
  *conflict->mutable_field() = Carottes().fields(4);
  RenderConflicts(response, out);
  EXPECT_EQ(out.str(),
            "what              field                  value               written by    at\n"
            "product carottes  price from 2026-11-23  1.95   wins         outremeuse-1  2026-11-23 "
            "10:01:00 (clock doubtful)\n"
            "                                         1.90   also stands  hub           2026-11-23 "
            "10:00:00\n");
}

TEST(RenderEdit, SaysWhatCameOfIt) {
  const auto text = [](const std::string& response) {
    std::ostringstream out;
    RenderEdit(Parse<shop::v1::EditResponse>(response), "product pain", out);
    return out.str();
  };
  EXPECT_EQ(text("facts: 1 created: true"), "product pain: created\n");
  EXPECT_EQ(text("facts: 1"), "product pain: changed\n");
  EXPECT_EQ(text(""), "product pain: stands as said already; nothing written\n");
  EXPECT_EQ(text("facts: 1 repeated: true"),
            "product pain: this request was carried out before; nothing written again\n");
}

}  // namespace
}  // namespace comptoir::cli
