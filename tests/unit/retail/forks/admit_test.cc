// Gates of forks and of what is moved of them.
#include "common/retail/forks/admit.h"

#include <string>

#include "common/base/limits.h"
#include "common/journal/chain.h"
#include "tests/unit/retail/retail_world.h"

namespace comptoir::retail {
namespace {

class ForkAdmitTest : public ::testing::Test {
 protected:
  ForkAdmitTest() {
    const auto head = [](uint64_t sequence, char hash) {
      journal::v1::Head made;
      made.set_journal(2);
      made.set_sequence(sequence);
      made.set_hash(std::string(32, hash));
      return made;
    };
    *settled_.mutable_common() = head(4, 'c');
    settled_.set_kept_next(std::string(32, 'k'));
    *settled_.mutable_kept() = head(6, 'K');
    settled_.set_kept_signature("signed");
    settled_.set_other_next(std::string(32, 'o'));
    *settled_.mutable_other() = head(5, 'o');
    settled_.set_other_signature("signed");
    settled_.set_genesis("looked at when it is folded");
    moved_.set_entry("an entry");
    Hash before;
    Hash::FromView(std::string(32, 'c'), &before);
    moved_.set_previous_hash(std::string(before.view()));
    moved_.mutable_original()->set_journal(2);
    moved_.mutable_original()->set_sequence(5);
    moved_.mutable_original()->set_hash_prefix(journal::ChainNext(before, moved_.entry()).prefix());
    moved_.set_signature("signed");
  }
  absl::Status AdmitSettled(const JournalContext& journal, v1::ForkSettled& settled) {
    return AdmitForkSettled(FactIn(journal, v1::FACT_KIND_FORK_SETTLED, settled), settled);
  }

  const JournalContext hub_ = CoopJournal();
  const JournalContext shop_ = ShopJournal("herstal", 3);
  v1::ForkSettled settled_;
  v1::Moved moved_;
};

TEST_F(ForkAdmitTest, OnlyTheHubSettles) {
  EXPECT_TRUE(AdmitSettled(hub_, settled_).ok()) << AdmitSettled(hub_, settled_);
  ExpectRefused(AdmitSettled(shop_, settled_), kNotAllowed);
}

TEST_F(ForkAdmitTest, AForkHasTwoBranchesThatAreSigned) {
  const auto expect = [this](std::string_view reason, auto change) {
    v1::ForkSettled bad = settled_;
    change(bad);
    ExpectRefused(AdmitSettled(hub_, bad), reason);
  };
  expect(kBadReference, [](auto& bad) { bad.mutable_common()->set_journal(0); });
  expect(kBadReference, [](auto& bad) { bad.mutable_common()->set_sequence(0); });
  expect(kBadReference, [](auto& bad) { bad.mutable_common()->set_hash("short"); });
  for (const auto mutable_head :
       {&v1::ForkSettled::mutable_kept, &v1::ForkSettled::mutable_other}) {
    expect(kBadReference, [=](auto& bad) { (bad.*mutable_head)()->set_journal(3); });
    expect(kBadReference, [=](auto& bad) { (bad.*mutable_head)()->set_sequence(4); });
    expect(kBadReference, [=](auto& bad) { (bad.*mutable_head)()->set_hash("short"); });
  }
  expect(kBadReference, [](auto& bad) { bad.set_kept_next("short"); });
  expect(kBadReference, [](auto& bad) { bad.set_other_next("short"); });
  expect(kBadReference, [](auto& bad) { bad.set_other_next(bad.kept_next()); });
  const std::string long_signature(kSignatureBytesMax + 1, 's');
  for (const std::string& signature : {std::string(), long_signature}) {
    expect(kBadCertificate, [&](auto& bad) { bad.set_kept_signature(signature); });
    expect(kBadCertificate, [&](auto& bad) { bad.set_other_signature(signature); });
  }
  expect(kBadCertificate, [](auto& bad) { bad.clear_genesis(); });
  expect(kBadCertificate,
         [](auto& bad) { bad.set_genesis(std::string(kGenesisBytesMax + 1, 'g')); });
}

TEST_F(ForkAdmitTest, WhatIsMovedIsTheEntryThatItNames) {
  const auto admit = [this](v1::Moved& moved) {
    return AdmitMoved(FactIn(shop_, v1::FACT_KIND_MOVED, moved), moved);
  };
  EXPECT_TRUE(admit(moved_).ok()) << admit(moved_);
  const auto expect = [&](std::string_view reason, auto change) {
    v1::Moved bad = moved_;
    change(bad);
    ExpectRefused(admit(bad), reason);
  };
  expect(kBadReference, [](auto& bad) { bad.mutable_original()->set_journal(0); });
  expect(kBadReference, [](auto& bad) { bad.mutable_original()->set_sequence(1); });
  expect(kBadReference, [](auto& bad) { bad.clear_entry(); });
  expect(kBadReference, [](auto& bad) { bad.set_entry(std::string(kEntryBytesMax + 1, 'e')); });
  expect(kBadReference, [](auto& bad) { bad.set_entry("another"); });
  expect(kBadReference, [](auto& bad) { bad.set_previous_hash("short"); });
  expect(kBadCertificate,
         [](auto& bad) { bad.set_signature(std::string(kSignatureBytesMax + 1, 's')); });
}

}  // namespace
}  // namespace comptoir::retail
