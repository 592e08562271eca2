#include "common/journal/chain.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "absl/strings/escaping.h"

namespace comptoir::journal {
namespace {

std::string Hex(std::string_view bytes) {
  return absl::BytesToHexString(absl::string_view(bytes.data(), bytes.size()));
}

Hash HashOfAll(JournalId journal, const std::vector<std::string>& entries) {
  Hash hash = ChainStart(journal);
  for (const std::string& entry : entries) hash = ChainNext(hash, entry);
  return hash;
}

TEST(ChainTest, Sha256IsThePublishedOne) {
  EXPECT_EQ(Hex(Sha256("").view()),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Hex(Sha256("abc").view()),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(ChainTest, StartsWithTheHashOfTheJournalId) {
  EXPECT_EQ(ChainStart(JournalId(0x6162636465666768)), Sha256("abcdefgh"));
}

RC_GTEST_PROP(ChainTest, NextHashesThePreviousAndTheEntry,
              (const std::string& before, const std::string& entry)) {
  const Hash previous = Sha256(before);
  RC_ASSERT(ChainNext(previous, entry) == Sha256(std::string(previous.view()) + entry));
}

RC_GTEST_PROP(ChainTest, EveryChangedByteChangesTheEnd, ()) {
  auto entries = *rc::gen::nonEmpty<std::vector<std::string>>();
  const JournalId journal(*rc::gen::arbitrary<uint64_t>());
  const Hash hash = HashOfAll(journal, entries);
  std::string& changed = entries[*rc::gen::inRange<size_t>(0, entries.size())];
  if (changed.empty()) {
    changed = "x";
  } else {
    changed[*rc::gen::inRange<size_t>(0, changed.size())] ^= 1;
  }
  RC_ASSERT(HashOfAll(journal, entries) != hash);
}

TEST(ChainTest, EveryReorderingAndLossChangesTheEnd) {
  const JournalId journal(1);
  const Hash hash = HashOfAll(journal, {"a", "b", "c"});
  EXPECT_NE(HashOfAll(journal, {"b", "a", "c"}), hash);
  EXPECT_NE(HashOfAll(journal, {"a", "c"}), hash);
  EXPECT_NE(HashOfAll(journal, {"a", "b"}), hash);
  EXPECT_NE(HashOfAll(journal, {"ab", "c"}), hash);
  EXPECT_NE(HashOfAll(JournalId(2), {"a", "b", "c"}), hash);
}

TEST(ChainTest, ThreadsDoNotMixTheirHashes) {
  const std::vector<std::string> entries(2'000, std::string(150, 'x'));
  const Hash expected = HashOfAll(JournalId(3), entries);
  std::vector<Hash> hashes(4);
  std::vector<std::thread> threads;
  for (Hash& hash : hashes) {
    threads.emplace_back([&] { hash = HashOfAll(JournalId(3), entries); });
  }
  for (std::thread& thread : threads) thread.join();
  for (const Hash& hash : hashes) EXPECT_EQ(hash, expected);
}

TEST(ChainTest, SignedBytesNameTheirUse) {
  const Head head{JournalId(0x0102030405060708), Sequence(0x1112131415161718), Sha256("abc")};
  EXPECT_EQ(HeadToSign(head), std::string("comptoir.head.v1") +
                                  "\x01\x02\x03\x04\x05\x06\x07\x08"
                                  "\x11\x12\x13\x14\x15\x16\x17\x18" +
                                  std::string(Sha256("abc").view()));
}

}  // namespace
}  // namespace comptoir::journal
