#include "common/daemon/entry_lines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "common/base/utf8.h"
#include "comptoir/retail/v1/retail.pb.h"

namespace comptoir::daemon {
namespace {

std::string SummaryOfRevoked(retail::v1::NodeRevoked& revoked) {
  retail::Fact fact;
  fact.kind = retail::v1::FACT_KIND_NODE_REVOKED;
  fact.fact = &revoked;
  return SummaryOf(fact);
}

TEST(EntryLines, ARevocationIsTold) {
  retail::v1::NodeRevoked revoked;
  revoked.set_node("herstal-1");
  revoked.set_reason("volé l'été");
  EXPECT_EQ(SummaryOfRevoked(revoked), "herstal-1 revoked: volé l'été");
  revoked.set_retired(true);
  EXPECT_EQ(SummaryOfRevoked(revoked), "herstal-1 retired: volé l'été");
}

TEST(EntryLines, ALongOneIsCutBetweenCharacters) {
  retail::v1::NodeRevoked revoked;
  for (const char* const before : {"", "x"}) {  // the cut falls on either byte of a letter
    std::string reason = before;
    while (reason.size() <= kSummaryBytesMax) reason += "é";
    revoked.set_reason(reason);
    const std::string summary = SummaryOfRevoked(revoked);
    EXPECT_LE(summary.size(), kSummaryBytesMax);
    EXPECT_THAT(summary, ::testing::EndsWith("é..."));
    EXPECT_TRUE(IsUtf8(summary));
  }
}

TEST(EntryLines, WhatThisBuildCannotReadIsSaid) {
  EXPECT_EQ(SummaryOf(retail::Fact()), "this build cannot read it");
}

}  // namespace
}  // namespace comptoir::daemon
