// Two sessions through everything a link can do to them.

#include <rapidcheck.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/unit/sync/shop_and_hub.h"

namespace comptoir::sync {
namespace {

using journal::v1::SCOPE_COOP;
using journal::v1::SCOPE_SHOP;

constexpr size_t kWindowBytes = 20'000;

// A shop that was away for a while: finished journals of two months, one of which
// the hub misses, one that grew, and prices the other way. Small segments, so that
// there are many frames.
std::unique_ptr<TwoSides> AfterAnOutage(LinkOptions link) {
  auto sides = std::make_unique<TwoSides>(ShopWriter("herstal"), HubWriter(), link);
  MemoryLedger& shop = sides->side(kShop).ledger;
  MemoryLedger& hub = sides->side(kHub).ledger;
  for (uint64_t i = 1; i <= 4; ++i) {
    const JournalId journal =
        shop.Open(JournalId(i), sides->side(kShop).writer, SCOPE_SHOP, kNovember - i % 2);
    shop.AppendMany(journal, 10, 100);
    shop.FinishJournal(journal);
  }
  // The hub has the odd ones, to the end; of the fourth, half.
  for (const uint64_t i : {1, 3, 4}) {
    hub.Take(*shop.Read({JournalId(i), Sequence(1), i == 4 ? 500u : 1u << 20}).segment,
             sides->side(kShop).writer);
    if (i != 4) hub.FinishJournal(JournalId(i));
  }
  const JournalId open = shop.Open(JournalId(5), sides->side(kShop).writer, SCOPE_SHOP);
  shop.AppendMany(open, 60, 100);
  hub.AppendMany(hub.Open(JournalId(6), sides->side(kHub).writer, SCOPE_COOP), 30, 100);
  for (const int which : {kShop, kHub}) {
    sides->side(which).options.window_bytes = kWindowBytes;
    sides->side(which).options.segment_raw_bytes = 1'000;
  }
  return sides;
}

// Levels, with one sale more in the middle, and looks that nothing is amiss.
// `sessions`: a journal whose segment was altered on its way rests until the next.
void BringLevel(TwoSides* sides, int sessions = 1) {
  sides->set_reconnects(true);
  sides->Connect();
  sides->RunFor(40);
  sides->Append(kShop, JournalId(5), "sold meanwhile");
  for (int i = 1; i < sessions; ++i) {
    sides->RunFor(400'000);
    sides->Connect();
  }
  ASSERT_TRUE(sides->RunUntilLevel(900'000));
  EXPECT_TRUE(sides->SameHeads());
  EXPECT_EQ(sides->side(kHub).ledger.HeadOf(JournalId(5)).sequence, Sequence(62));
  EXPECT_EQ(sides->early_acks(), 0u);
}

size_t FramesWithoutFaults() {
  auto sides = AfterAnOutage({});
  BringLevel(sides.get());
  return sides->frames();
}

class FaultTest : public testing::TestWithParam<Fault> {};

TEST_P(FaultTest, AtEveryFrameStillEndsLevel) {
  const size_t frames = FramesWithoutFaults();
  ASSERT_GT(frames, 30u);
  for (size_t at = 0; at < frames; ++at) {
    SCOPED_TRACE(absl::StrCat("frame ", at));
    LinkOptions link;
    link.advanced_first = at % 2 == 0;
    auto sides = AfterAnOutage(link);
    size_t faults = 0;
    sides->set_faults([&](int, size_t index, const v1::Frame&) {
      if (index != at) return Fault::kNone;
      ++faults;
      return GetParam();
    });
    ASSERT_NO_FATAL_FAILURE(BringLevel(sides.get(), GetParam() == Fault::kFlip ? 2 : 1));
    EXPECT_EQ(faults, 1u);
    if (GetParam() == Fault::kCut || GetParam() == Fault::kTruncate) {
      EXPECT_LE(sides->side(kShop).ingesting_bytes_most, kWindowBytes);
      EXPECT_LE(sides->side(kHub).ingesting_bytes_most, kWindowBytes);
    }
  }
}

std::string NameOf(const testing::TestParamInfo<Fault>& test) {
  switch (test.param) {
    case Fault::kCut:
      return "Cut";
    case Fault::kTruncate:
      return "Truncate";
    case Fault::kDrop:
      return "Drop";
    case Fault::kRepeat:
      return "Repeat";
    case Fault::kSwap:
      return "Swap";
    case Fault::kFlip:
      return "Flip";
    case Fault::kNone:
      break;
  }
  return "None";
}

INSTANTIATE_TEST_SUITE_P(Link, FaultTest,
                         testing::Values(Fault::kCut, Fault::kTruncate, Fault::kDrop,
                                         Fault::kRepeat, Fault::kSwap, Fault::kFlip),
                         NameOf);

// A link that never lasts ten frames gets there all the same, because what was
// acknowledged is not sent again.
TEST(SessionFaultsTest, FlappingLinkMakesProgress) {
  auto sides = AfterAnOutage({});
  sides->set_faults([](int, size_t index, const v1::Frame&) {
    return index % 10 == 9 ? Fault::kCut : Fault::kNone;
  });
  ASSERT_NO_FATAL_FAILURE(BringLevel(sides.get()));
  EXPECT_GT(sides->CountInTrace("Hello"), 8u);
}

// A lost segment is asked for again within the session.
TEST(SessionFaultsTest, GapIsFilledWithoutANewSession) {
  auto sides = AfterAnOutage({});
  size_t lost = 0;
  sides->set_faults([&](int, size_t, const v1::Frame& frame) {
    const bool first = frame.has_segment() && frame.segment().journal() == 5 &&
                       frame.segment().first_sequence() == 1 && lost == 0;
    lost += first ? 1 : 0;
    return first ? Fault::kDrop : Fault::kNone;
  });
  ASSERT_NO_FATAL_FAILURE(BringLevel(sides.get()));
  EXPECT_EQ(lost, 1u);
  EXPECT_EQ(sides->CountInTrace("Hello"), 2u);
  EXPECT_EQ(sides->CountInTrace("hub-1 Refused 5 0 REFUSED_REASON_GAP"), 1u);
  EXPECT_LT(sides->now_ms(), 10'000);
}

// ---- any mixture of faults ----

struct Play {
  std::vector<Fault> faults;                 // of the first frames, in order
  std::vector<std::pair<int, int>> appends;  // side, milliseconds before the next
  LinkOptions link;
};

Play AnyPlay() {
  Play play;
  // Mostly sound, so that sessions get far enough to be worth breaking.
  const auto fault = rc::gen::weightedElement<Fault>({{12, Fault::kNone},
                                                      {1, Fault::kDrop},
                                                      {1, Fault::kRepeat},
                                                      {1, Fault::kSwap},
                                                      {1, Fault::kTruncate},
                                                      {1, Fault::kFlip},
                                                      {1, Fault::kCut}});
  play.faults = *rc::gen::container<std::vector<Fault>>(fault);
  const auto append = rc::gen::pair(rc::gen::inRange(0, 2), rc::gen::inRange(0, 400));
  play.appends = *rc::gen::container<std::vector<std::pair<int, int>>>(append);
  play.link.latency_ms = *rc::gen::inRange(0, 50);
  play.link.read_ms = *rc::gen::inRange(0, 20);
  play.link.ingest_ms = *rc::gen::inRange(0, 50);
  play.link.advanced_first = *rc::gen::arbitrary<bool>();
  return play;
}

TEST(SessionFaultsTest, AnyFaultsEndLevelOnceTheyStop) {
  EXPECT_TRUE(rc::check("two sessions end level after any faults", [] {
    const Play play = AnyPlay();
    auto sides = AfterAnOutage(play.link);
    sides->set_faults([&play](int, size_t index, const v1::Frame&) {
      return index < play.faults.size() ? play.faults[index] : Fault::kNone;
    });
    sides->set_reconnects(true);
    sides->Connect();
    for (const auto& [which, wait_ms] : play.appends) {
      sides->Append(which, JournalId(which == kShop ? 5 : 6), absl::StrCat("entry ", wait_ms));
      sides->RunFor(wait_ms);
    }
    const Head sold = sides->side(kShop).ledger.HeadOf(JournalId(5));
    sides->set_faults(nullptr);
    // What was altered on its way may have misled a session; the next one's heads
    // put it right.
    sides->Connect();
    RC_ASSERT(sides->RunUntilLevel(600'000));
    RC_ASSERT(sides->SameHeads());
    RC_ASSERT(sides->side(kHub).ledger.HeadOf(JournalId(5)) == sold);
    RC_ASSERT(sides->early_acks() == 0u);
  }));
}

}  // namespace
}  // namespace comptoir::sync
