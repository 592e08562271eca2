// Bit rot on a real disk: a byte of a store file is flipped. The replica names what it
// cannot read, does not serve it, and has it brought again by whoever holds it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>

#include "tests/process/daemons.h"
#include "tests/process/oracle.h"
#include "tests/process/till.h"
#include "tests/support/eventually.h"
#include "tests/support/temporary_folder.h"

namespace comptoir::testing {
namespace {

using ::testing::HasSubstr;

constexpr uint64_t kStoredSales = 300;

std::string BytesOf(const std::filesystem::path& path) {
  std::ostringstream bytes;
  bytes << std::ifstream(path, std::ios::binary).rdbuf();
  return bytes.str();
}

// Flips one bit in the first block of every file of `table`, of a daemon that is
// stopped; the number of files.
int DamageTable(const std::string& data, const std::string& table) {
  int files = 0;
  for (const auto& file : std::filesystem::directory_iterator(data + "/store")) {
    if (file.path().extension() != ".sst") continue;
    std::string bytes = BytesOf(file.path());
    // Of the engine's own properties of the file: the end of a name, and the value.
    if (bytes.find("name" + table) == std::string::npos) continue;
    bytes[100] = static_cast<char>(bytes[100] ^ 0x04);
    std::ofstream(file.path(), std::ios::binary) << bytes;
    ++files;
  }
  return files;
}

class Damage : public ::testing::Test {
 protected:
  Damage() {
    hub_.Start();
    node_ = std::make_unique<Node>(hub_, folder_ / "outremeuse", "outremeuse", "outremeuse-1");
    node_->Start();
    hub_.Import({Product("miel", retail::v1::UNIT_PIECE, 800)});
    WaitUntilLevel(hub_, *node_);
    Till till("damage", 1, {{"miel", retail::v1::UNIT_PIECE, 800}});
    {
      Selling selling(till, node_->address());
      Require(Eventually([&] { return till.told() >= kStoredSales; }), "the till sold too little");
    }
    sold_ = till.told();
    WaitUntilLevel(hub_, *node_);
  }

  static std::vector<std::string> NotesOf(Daemon& daemon) {
    const auto status = daemon.GetStatus();
    return {status.notes().begin(), status.notes().end()};
  }
  static bool HasNote(Daemon& daemon, const std::string& text) {
    for (const std::string& note : NotesOf(daemon)) {
      if (note.find(text) != std::string::npos) return true;
    }
    return false;
  }
  // Comes upon the damage, and is whole again.
  void ExpectMends(Daemon& daemon) {
    const admin::v1::VerifyReport found = VerifyOnline(daemon.admin());
    EXPECT_GT(found.findings_size(), 0);
    EXPECT_TRUE(Eventually([&] { return HasNote(daemon, "are damaged on this disk"); }));
    EXPECT_TRUE(Eventually([&] { return HasNote(daemon, "is mended"); }));
    EXPECT_TRUE(Eventually([&] { return VerifyOnline(daemon.admin()).findings().empty(); }))
        << VerifyOnline(daemon.admin()).DebugString();
  }

  const int32_t first_day_ = Today();
  TemporaryFolder folder_;
  Hub hub_{folder_ / "hub"};
  std::unique_ptr<Node> node_;
  uint64_t sold_ = 0;
};

TEST_F(Damage, AHubWithARottenFileIsMendedByTheShopAndAShopByTheHub) {
  hub_.Stop();
  ASSERT_GT(DamageTable(hub_.data(), "entries"), 0);
  hub_.Start();
  ExpectMends(hub_);
  EXPECT_TRUE(Eventually([&] { return HasNote(hub_, "a file of the store has rotted"); }));
  WaitUntilLevel(hub_, *node_);
  EXPECT_EQ(ReceiptsAt(hub_, "outremeuse", first_day_).size(), sold_);

  node_->Stop();
  ASSERT_GT(DamageTable(node_->data(), "entries"), 0);
  node_->Start();
  ExpectMends(*node_);
  WaitUntilLevel(hub_, *node_);
  EXPECT_EQ(ReceiptsAt(*node_, first_day_).size(), sold_);
  ExpectVerified(hub_.admin());
  ExpectVerified(node_->admin());
  node_->Stop();
  hub_.Stop();
  node_->ExpectSound();
  hub_.ExpectSound();
}

TEST_F(Damage, RottenViewsAreFoldedAnewAtTheNextStart) {
  node_->Stop();
  ASSERT_GT(DamageTable(node_->data(), "receipts"), 0);
  node_->Start();
  const admin::v1::VerifyReport found = VerifyOnline(node_->admin());
  ASSERT_GT(found.findings_size(), 0);
  EXPECT_TRUE(Eventually([&] { return HasNote(*node_, "folds its views anew"); }));
  node_->Stop();
  node_->Start();
  ExpectVerified(node_->admin());
  EXPECT_EQ(ReceiptsAt(*node_, first_day_).size(), sold_);
  WaitUntilLevel(hub_, *node_);
  node_->Stop();
  hub_.Stop();
}

}  // namespace
}  // namespace comptoir::testing
