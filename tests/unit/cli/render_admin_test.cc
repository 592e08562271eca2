#include "cli/render_admin.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include "cli/format.h"

namespace comptoir::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

template <typename Message>
Message MakeAdmin(const std::string& text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message));
  return message;
}

std::string StatusText(const std::string& text) {
  std::ostringstream out;
  RenderStatus(MakeAdmin<admin::v1::Status>(text), out);
  return out.str();
}

TEST(RenderStatus, OfANodeThatIsCutOff) {
  const std::string noon = FormatLocalInstant(1'795'435'200'000);
  const std::string text = StatusText(R"(
      coop: "Les Petits Producteurs" node: "outremeuse-1" shop: "outremeuse" software: "0.1.0"
      protocol_min: 1 protocol_max: 1 fold_version: 1 journals: 3 entries: 212 receipts: 200
      free_disk_bytes: 1536
      certificate_expires_ms: 1795435200000 authority_expires_ms: 1795435200000
      link { hub: "127.0.0.1:7400" since_ms: 1795435200000 waiting_entries: 12
             oldest_waiting_ms: 1795435200000 last_error: "connection refused" })");
  EXPECT_THAT(text, HasSubstr("outremeuse-1   Les Petits Producteurs"));
  EXPECT_THAT(text, HasSubstr("127.0.0.1:7400, offline since " + noon +
                              ", 12 entries wait, the oldest since " + noon));
  EXPECT_THAT(text, HasSubstr("last error     connection refused"));
  EXPECT_THAT(text, HasSubstr("200 receipts; 212 entries in 3 journals"));
  EXPECT_THAT(text, HasSubstr("certificate    until " + noon + ", the authority's until " + noon));
  EXPECT_THAT(text, HasSubstr("1.5 KiB"));
  EXPECT_THAT(text, HasSubstr("0.1.0, protocols 1 to 1, fold version 1"));
}

TEST(RenderStatus, OfANodeThatIsLevelOrNeverWas) {
  EXPECT_THAT(StatusText("link { online: true since_ms: 1795435200000 }"), HasSubstr(", level"));
  EXPECT_THAT(StatusText("link { waiting_entries: 3 }"),
              HasSubstr("offline, never reached since the start, 3 entries wait"));
}

TEST(RenderStatus, OfOneThatLostEntriesAndHasNoRoom) {
  const std::string text = StatusText(R"(
      node: "outremeuse-1" free_disk_bytes: 41943040 disk_reserve_bytes: 67108864
      not_recording: "nothing is recorded: the disk is nearly full"
      lost_entries: 4 lost: "entries 12 to 15 of journal 261123-k7qm2w of outremeuse-1")");
  EXPECT_THAT(text, HasSubstr("NOT RECORDING  nothing is recorded: the disk is nearly full"));
  EXPECT_THAT(text, HasSubstr("40.0 MiB; under 64.0 MiB nothing is recorded; no ballast"));
  EXPECT_THAT(text, HasSubstr("lost here      4 entries not back yet"));
  EXPECT_THAT(text, HasSubstr("entries 12 to 15 of journal 261123-k7qm2w of outremeuse-1"));
}

TEST(RenderStatus, OfANodeThatIsRevokedOrRetired) {
  const std::string noon = FormatLocalInstant(1'795'435'200'000);
  EXPECT_THAT(StatusText(R"(link { revoked { since_ms: 1795435200000 reason: "stolen" } })"),
              HasSubstr("revoked since " + noon +
                        ": stolen; it sells on, and an operator must carry in what waits\n"));
  const std::string retired = StatusText(R"(
      halted: "it is being retired"
      link { revoked { since_ms: 1795435200000 reason: "new box" retired: true } })");
  EXPECT_THAT(retired, HasSubstr("retired since " + noon + ": new box: switch it off\n"));
  EXPECT_THAT(retired, HasSubstr("records nothing  it is being retired\n"));
}

TEST(RenderTokens, OpenOnesOrNone) {
  const std::string noon = FormatLocalInstant(1'795'435'200'000);
  std::ostringstream out;
  RenderTokens(MakeAdmin<admin::v1::ListTokensResponse>(R"(
      tokens { id: "0123456789ab" shop: "herstal" created_ms: 1795435200000
               expires_ms: 1795435200000 }
      tokens { id: "ba9876543210" shop: "outremeuse" expires_ms: 1795435200000
               may_edit_catalogue: true })"),
               out);
  EXPECT_THAT(out.str(), HasSubstr("0123456789ab  herstal     " + noon + "  " + noon + "  sell\n"));
  EXPECT_THAT(out.str(), HasSubstr(noon + "  sell, edit the catalogue\n"));
  std::ostringstream none;
  RenderTokens({}, none);
  EXPECT_THAT(none.str(), HasSubstr("no token is open"));
}

TEST(RenderNodes, GoodRevokedAndRetired) {
  const std::string noon = FormatLocalInstant(1'795'435'200'000);
  std::ostringstream out;
  RenderNodes(MakeAdmin<admin::v1::ListNodesResponse>(R"(
      nodes { node: "herstal-1" shop: "herstal" enrolled_ms: 1795435200000
              certificate_sha256: "\001\002\003\004\005\006\007\010\011" online: true
              last_seen_ms: 1795435200000 waiting_entries: 3 }
      nodes { node: "outremeuse-1" shop: "outremeuse" revoked { since_ms: 1795435200000
              reason: "stolen" } }
      nodes { node: "outremeuse-2" shop: "outremeuse" revoked { since_ms: 1795435200000
              reason: "new box" retired: true } })"),
              out);
  EXPECT_THAT(out.str(), HasSubstr("0102030405060708  online   " + noon));
  EXPECT_THAT(out.str(), HasSubstr("3  good\n"));
  EXPECT_THAT(out.str(), HasSubstr("offline  never"));
  EXPECT_THAT(out.str(), HasSubstr("revoked since " + noon + ": stolen\n"));
  EXPECT_THAT(out.str(), HasSubstr("retired since " + noon + ": new box\n"));
  std::ostringstream none;
  RenderNodes({}, none);
  EXPECT_THAT(none.str(), HasSubstr("no node was enrolled"));
}

TEST(RenderStatus, OfTheHubHasNoLink) {
  const std::string text = StatusText(R"(node: "hub" coop: "x")");
  EXPECT_THAT(text, HasSubstr("none: this is the hub"));
  EXPECT_THAT(text, Not(HasSubstr("link")));
}

TEST(RenderCarry, SaysWhatWentOutAndForWhom) {
  std::ostringstream out;
  RenderCarryOut(MakeAdmin<admin::v1::CarryOutReport>(
                     "node: 'hub' for_shop: 'outremeuse' journals: 1 entries: 1 bytes: 1536"),
                 "/media/stick/prices", out);
  EXPECT_EQ(out.str(), "1 entry in 1 journal for shop outremeuse, 1.5 KiB: /media/stick/prices\n");
  std::ostringstream damaged;
  RenderCarryOut(MakeAdmin<admin::v1::CarryOutReport>(
                     "entries: 4 journals: 1 gaps { journal: 5 node: 'n-1' first: 5 last: 9 "
                     "why: 'it is damaged' }"),
                 "f", damaged);
  EXPECT_THAT(damaged.str(), HasSubstr("4 entries in 1 journal for the hub"));
  EXPECT_THAT(damaged.str(),
              HasSubstr("left out: entries 5 to 9 of journal 0000000000000005 of n-1: it is "
                        "damaged"));
}

TEST(RenderCarry, SaysWhatCameInAndWhatDidNot) {
  std::ostringstream out;
  RenderCarryIn(MakeAdmin<admin::v1::CarryInReport>(
                    "node: 'outremeuse-1' reader: 'hub' made_ms: 1795435200000 entries: 7 "
                    "refusals { journal: 5 held: 3 reason: 'GAP' detail: 'entries lack' } "
                    "broken: 'it is cut short'"),
                "f", out);
  EXPECT_THAT(out.str(), HasSubstr("f, carried out at outremeuse-1 on " +
                                   FormatLocalInstant(1'795'435'200'000) +
                                   ": 7 entries, none of them new to hub\n"));
  EXPECT_THAT(out.str(), HasSubstr("refused: journal 0000000000000005, held here to entry 3: "
                                   "entries lack (GAP)\n"));
  EXPECT_THAT(out.str(), HasSubstr("carry out again with --all"));
  EXPECT_THAT(out.str(), HasSubstr("broken: it is cut short. What came before it was taken"));
}

TEST(RenderDiff, SaysWhoLacksWhatAndWhereTheyPart) {
  std::ostringstream out;
  RenderDiff(MakeAdmin<admin::v1::DiffReport>(
                 "left: 'outremeuse-1' right: 'hub' equal_journals: 1 "
                 "differences { journal { head { journal: 1 } scope: SCOPE_SHOP shop: "
                 "'outremeuse' node: 'outremeuse-1' } left_entries: 12 right_entries: 10 "
                 "common_entries: 10 left_only { sequence: 11 kind: 'SOLD' summary: 'miel 2' } } "
                 "differences { journal { head { journal: 2 } scope: SCOPE_COOP node: 'hub' } "
                 "left_entries: 5 right_entries: 5 common_entries: 3 } "
                 "not_compared { head { journal: 9 sequence: 4 } scope: SCOPE_HUB node: 'hub' }"),
             out);
  EXPECT_THAT(out.str(), HasSubstr("journal 0000000000000001 (shop outremeuse, written by "
                                   "outremeuse-1): outremeuse-1 has entries 11 to 12, which hub "
                                   "lacks\n"));
  EXPECT_THAT(out.str(), HasSubstr("miel 2"));
  EXPECT_THAT(out.str(), HasSubstr("and 1 more"));
  EXPECT_THAT(out.str(), HasSubstr("the same to entry 3, then they part: outremeuse-1 goes on to "
                                   "5, hub to 5\n"));
  EXPECT_THAT(out.str(), HasSubstr("1 journal is the same at outremeuse-1 and hub, 2 differ\n"));
  EXPECT_THAT(out.str(), HasSubstr("not compared, as only one of them may read it:\n"));
}

TEST(RenderHeads, NamesScopeAndHash) {
  std::ostringstream out;
  RenderHeads(MakeAdmin<admin::v1::ListHeadsResponse>(R"(
      heads { head { journal: 255 sequence: 9 hash: "\001\002" } scope: SCOPE_SHOP
              node: "herstal-1" shop: "herstal" series: "261123-k7qm2w" }
      heads { head { journal: 256 sequence: 1 } scope: SCOPE_COOP node: "hub" }
      heads { head { journal: 257 sequence: 1 } scope: SCOPE_HUB node: "hub" }
      heads { head { journal: 258 sequence: 1 } node: "x" })"),
              out);
  EXPECT_THAT(out.str(),
              HasSubstr("00000000000000ff        9  0102        shop herstal  herstal-1"));
  EXPECT_THAT(out.str(), HasSubstr("0000000000000100        1              co-op"));
  EXPECT_THAT(out.str(), HasSubstr("scope 0"));
}

TEST(RenderVerifyReport, SoundOrNot) {
  std::ostringstream sound;
  RenderVerifyReport(MakeAdmin<admin::v1::VerifyReport>("journals: 2 entries: 10 signatures: 1"),
                     sound);
  EXPECT_EQ(sound.str(),
            "10 entries in 2 journals, 1 signature, 0 rows of views, 0 bad facts, 0 entries of "
            "others unsigned\nall is well\n");
  std::ostringstream unsound;
  RenderVerifyReport(
      MakeAdmin<admin::v1::VerifyReport>(R"(findings { invariant: "I6" what: "broken" })"),
      unsound);
  EXPECT_THAT(unsound.str(), HasSubstr("I6    broken\n"));
  EXPECT_THAT(unsound.str(), Not(HasSubstr("all is well")));
}

}  // namespace
}  // namespace comptoir::cli
