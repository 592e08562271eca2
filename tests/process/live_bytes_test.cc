// What the network does to bytes under way: a connection that ends after any of them, a
// byte that is another one. It costs the session and nothing else.
#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "tests/process/oracle.h"
#include "tests/process/tcp_relay.h"
#include "tests/process/till.h"

namespace comptoir::testing {
namespace {

constexpr size_t kHarms = 60;
// What a handshake and the Hellos take is well below.
constexpr size_t kEarlyBytesMax = 8'000;
constexpr size_t kLateBytesMax = 40'000;
constexpr size_t kFlippedOfHubMax = 12'000;
// Sales between which a harm is waited for, and how often: far fewer are needed.
constexpr uint64_t kBurst = 20;
constexpr int kBurstsMax = 200;

size_t CountOf(const std::string& text, const std::string& part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

// Every other one early, so that no session comes of it; of the late ones some flip a byte.
std::vector<Harm> DrawHarms(uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto between = [&random](size_t first, size_t last) {
    return std::uniform_int_distribution<size_t>(first, last)(random);
  };
  std::vector<Harm> harms;
  for (size_t i = 0; i < kHarms; ++i) {
    Harm& harm = harms.emplace_back();
    if (i % 2 == 1) {
      // As many in the first bytes as in all that follow them.
      harm.after_bytes = kEarlyBytesMax >> between(0, 12);
      harm.after_bytes = between(harm.after_bytes / 2, harm.after_bytes);
    } else if (i % 6 == 0) {
      harm.kind = Harm::Kind::kFlip;
      harm.of_client = i % 12 == 0;
      harm.after_bytes = between(kEarlyBytesMax, harm.of_client ? kLateBytesMax : kFlippedOfHubMax);
    } else {
      harm.after_bytes = between(kEarlyBytesMax, kLateBytesMax);
    }
  }
  return harms;
}

class LiveBytes : public ::testing::Test {
 protected:
  LiveBytes() {
    hub_.Start();
    hub_.Import({Product("pain-gris", retail::v1::UNIT_PIECE, 320),
                 Product("carottes", retail::v1::UNIT_KILOGRAM, 195)});
    node_ = std::make_unique<Node>(hub_, folder_ / "node", "outremeuse", "outremeuse-1");
    relay_ = std::make_unique<TcpRelay>(PortOf(hub_.sync()));
    node_->Start({"--hub", relay_->address()});
    WaitUntilLevel(hub_, *node_);
  }

  void SellSome(Till& till) {
    const uint64_t before = till.told();
    till.Resume();
    const Selling selling(till, node_->address());
    ASSERT_TRUE(Eventually([&] { return till.told() >= before + kBurst; }));
  }
  bool IsLevel() {
    const admin::v1::Link link = node_->GetStatus().link();
    return link.online() && link.waiting_entries() == 0;
  }

  const int32_t first_day_ = Today();
  TemporaryFolder folder_;
  Hub hub_{folder_ / "hub"};
  std::unique_ptr<Node> node_;
  std::unique_ptr<TcpRelay> relay_;
};

TEST_F(LiveBytes, CutOrFlippedAnywhereTheyCostTheSessionOnly) {
  Till till(
      "live-bytes", 1,
      {{"pain-gris", retail::v1::UNIT_PIECE, 320}, {"carottes", retail::v1::UNIT_KILOGRAM, 195}});
  relay_->DoHarm(DrawHarms(Seed(20'261'130)));
  for (size_t done = 0; done < kHarms; done = relay_->harms_done()) {
    const auto is_done = [&] { return relay_->harms_done() > done; };
    for (int bursts = 0; !is_done(); ++bursts) {
      ASSERT_LT(bursts, kBurstsMax) << "harm " << done << " is not done, or not noticed";
      ASSERT_NO_FATAL_FAILURE(SellSome(till));
      ASSERT_TRUE(Eventually([&] { return is_done() || IsLevel(); })) << "after harm " << done;
    }
  }
  WaitUntilLevel(hub_, *node_);
  EXPECT_GT(relay_->connections(), kHarms);
  EXPECT_GT(CountOf(node_->program().err(), "link up"), kHarms / 2) << "sessions, not connections";
  ExpectReceipts(till.sales(), ReceiptsAt(*node_, first_day_));
  ExpectReceipts(till.sales(), ReceiptsAt(hub_, "outremeuse", first_day_));
  for (Daemon* daemon : {static_cast<Daemon*>(&hub_), static_cast<Daemon*>(node_.get())}) {
    // No journal was refused, branched or lost: no altered byte came as far as that.
    EXPECT_EQ(daemon->GetStatus().notes_size(), 0) << daemon->GetStatus().DebugString();
    ExpectVerified(daemon->admin());
  }
  node_->Stop();
  hub_.Stop();
  node_->ExpectSound();
  hub_.ExpectSound();
}

}  // namespace
}  // namespace comptoir::testing
