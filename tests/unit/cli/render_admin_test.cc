#include "cli/render_admin.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include "cli/format.h"

namespace comptoir::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

template <typename Message>
Message Make(const std::string& text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message));
  return message;
}

std::string StatusText(const std::string& text) {
  std::ostringstream out;
  RenderStatus(Make<admin::v1::Status>(text), out);
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

TEST(RenderStatus, OfTheHubHasNoLink) {
  const std::string text = StatusText(R"(node: "hub" coop: "x")");
  EXPECT_THAT(text, HasSubstr("none: this is the hub"));
  EXPECT_THAT(text, Not(HasSubstr("link")));
}

TEST(RenderHeads, NamesScopeAndHash) {
  std::ostringstream out;
  RenderHeads(Make<admin::v1::ListHeadsResponse>(R"(
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
  RenderVerifyReport(Make<admin::v1::VerifyReport>("journals: 2 entries: 10 signatures: 1"), sound);
  EXPECT_EQ(sound.str(),
            "10 entries in 2 journals, 1 signature, 0 rows of views, 0 bad facts, 0 entries of "
            "others unsigned\nall is well\n");
  std::ostringstream unsound;
  RenderVerifyReport(
      Make<admin::v1::VerifyReport>(R"(findings { invariant: "I6" what: "broken" })"), unsound);
  EXPECT_THAT(unsound.str(), HasSubstr("I6    broken\n"));
  EXPECT_THAT(unsound.str(), Not(HasSubstr("all is well")));
}

}  // namespace
}  // namespace comptoir::cli
