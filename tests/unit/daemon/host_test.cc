#include "common/daemon/host.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/support/coop.h"
#include "tests/support/temporary_folder.h"

namespace comptoir::testing {
namespace {

class HostTest : public ::testing::Test {
 protected:
  HostTest() {
    std::filesystem::create_directory(data_);
    MustOk(identity::InitHub(identity::NodeFiles(data_), "essai", "Essai", "hub", kMonday));
  }
  absl::StatusOr<std::unique_ptr<daemon::Host>> Open(bool hub = true,
                                                     const std::string& zone = "UTC") {
    return daemon::Host::Open({data_, zone, hub});
  }
  static void WriteSomething(daemon::Host& host) {
    retail::v1::ShopEdited edited;
    edited.set_shop("outremeuse");
    edited.mutable_name()->set_value("Outremeuse");
    MustOk(host.ledger()
               .AppendAndWait({"",
                               0,
                               journal::v1::SCOPE_COOP,
                               {{retail::v1::FACT_KIND_SHOP_EDITED, edited.SerializeAsString()}}})
               .status());
  }

  TemporaryFolder folder_;
  const std::string data_ = folder_ / "hub";
};

TEST_F(HostTest, KeepsWhatWasWritten) {
  {
    const auto host = Must(Open());
    EXPECT_EQ(host->identity().writer().node, "hub");
    EXPECT_EQ(host->data(), data_);
    WriteSomething(*host);
  }
  EXPECT_EQ(Must(Open())->ledger().totals().entries, 2U);
}

TEST_F(HostTest, FoldersOfTheOtherKind) {
  const auto host = Open(/*hub=*/false);
  EXPECT_EQ(host.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(std::string(host.status().message()).find("start comptoir-hub on it"),
            std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(data_ + "/store")) << "it was touched";
}

TEST_F(HostTest, FoldersInUseAndWithoutAnIdentity) {
  const auto host = Must(Open());
  EXPECT_EQ(Open().status().code(), absl::StatusCode::kFailedPrecondition);
  const auto nothing = daemon::Host::Open({folder_ / "nothing", "UTC", true});
  EXPECT_EQ(nothing.status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(HostTest, TimeZonesThatNobodyKnows) {
  EXPECT_EQ(Open(true, "Europe/Outremeuse").status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(HostTest, TodayIsOfItsTimeZone) {
  const auto at = [](const std::unique_ptr<daemon::Host>& host) {
    return host->ledger().Today().value();
  };
  int32_t west = 0;
  { west = at(Must(Open(true, "Etc/GMT+12"))); }
  const int32_t east = at(Must(Open(true, "Etc/GMT-14")));
  // 26 hours apart: one day or two, whatever the hour.
  EXPECT_GE(east - west, 1);
  EXPECT_LE(east - west, 2);
}

TEST_F(HostTest, ScratchIsEmptyAndGoesWithItsPointer) {
  const auto host = Must(Open());
  WriteSomething(*host);
  {
    const auto scratch = Must(host->NewScratch());
    const auto another = Must(host->NewScratch());
    const auto report =
        Must(host->ledger().Verify(*scratch, [](uint64_t, uint64_t) { return true; }));
    EXPECT_TRUE(report.findings.empty());
    EXPECT_EQ(report.entries, 2U);
    EXPECT_FALSE(std::filesystem::is_empty(data_ + "/scratch"));
  }
  EXPECT_TRUE(std::filesystem::is_empty(data_ + "/scratch"));
}

TEST_F(HostTest, ScratchLeftByACrashIsEmptiedAtStart) {
  std::filesystem::create_directories(data_ + "/scratch/1");
  const auto host = Must(Open());
  EXPECT_FALSE(std::filesystem::exists(data_ + "/scratch/1"));
}

TEST(Version, NamesReleaseProtocolAndFold) {
  const std::string text = daemon::VersionText("comptoir-hub");
  EXPECT_TRUE(text.starts_with(std::string("comptoir-hub ") + daemon::kRelease)) << text;
  EXPECT_NE(text.find("sync protocol 1 to 1"), std::string::npos) << text;
  EXPECT_NE(text.find("fold version 1"), std::string::npos) << text;
}

}  // namespace
}  // namespace comptoir::testing
