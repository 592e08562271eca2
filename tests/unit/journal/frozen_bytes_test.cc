// The journal's formats, byte by byte. The literals were made by another route
// (Protocol Buffers by hand, hashlib, the zstd command), so that this test is
// not merely the code against itself. Whoever must change one changes a
// published format: old journals and sticks would no longer read.
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/escaping.h"
#include "common/base/hybrid_time.h"
#include "common/journal/chain.h"
#include "common/journal/genesis.h"
#include "common/journal/segment.h"

namespace comptoir::journal {
namespace {

constexpr uint64_t kFrozenJournal = 0x0123456789abcdef;
constexpr int64_t kMillis = 1'795'420'800'000;  // 2026-11-23 08:00 UTC

constexpr char kGenesis[] =
    "09efcdab8967452301120c6f757472656d657573652d311a0a6f757472656d6575736520022a0d32"
    "36313132332d6b376d327871320b63657274696669636174653a2e091032547698badcfe10ac021a"
    "20000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
constexpr const char* kEntries[] = {
    "09010000446b07a201200140014a7109efcdab8967452301120c6f757472656d657573652d311a0a"
    "6f757472656d6575736520022a0d3236313132332d6b376d327871320b6365727469666963617465"
    "3a2e091032547698badcfe10ac021a20000102030405060708090a0b0c0d0e0f1011121314151617"
    "18191a1b1c1d1e1f5078",
    "090000dc496b07a201100520012a10000102030405060708090a0b0c0d0e0f35efbeadde40074a08"
    "666163742074776f5078",
    "090100dc496b07a201180120012a10000102030405060708090a0b0c0d0e0f35efbeadde38014007"
    "4a0200ff50ef01"};
constexpr char kStart[] = "55c53f5d490297900cefa825d0c8e8e9532ee8a118abe7d8570762cd38be9818";
constexpr const char* kHashes[] = {
    "304d7d9b612ebd8dfdf338da9a8a185539769b3b55f7b79cf6c6f52771ded8ea",
    "868cf565b95994fd8725b53ef94b94d8f6ec064cf375375ec94627b4d94047be",
    "fedbd7f63e5eed039a6acd6c55285d3298c636db5e617eaf4a2dd2107f2087d8"};
constexpr char kBlock[] =
    "820109010000446b07a201200140014a7109efcdab8967452301120c6f757472656d657573652d31"
    "1a0a6f757472656d6575736520022a0d3236313132332d6b376d327871320b636572746966696361"
    "74653a2e091032547698badcfe10ac021a20000102030405060708090a0b0c0d0e0f101112131415"
    "161718191a1b1c1d1e1f507832090000dc496b07a201100520012a10000102030405060708090a0b"
    "0c0d0e0f35efbeadde40074a08666163742074776f50782f090100dc496b07a201180120012a1000"
    "0102030405060708090a0b0c0d0e0f35efbeadde380140074a0200ff50ef01";
constexpr char kHeadToSign[] =
    "636f6d70746f69722e686561642e76310123456789abcdef0000000000000003fedbd7f63e5eed03"
    "9a6acd6c55285d3298c636db5e617eaf4a2dd2107f2087d8";
// Compressed by the zstd command at its level 3.
constexpr char kSegment[] =
    "09efcdab896745230110011a2055c53f5d490297900cefa825d0c8e8e9532ee8a118abe7d8570762"
    "cd38be9818200328e70132c50128b52ffd20e7e50500d40a820109010000446b07a201200140014a"
    "7109efcdab8967452301120c6f757472656d657573652d311a0a20022a0d3236313132332d6b376d"
    "327871320b63657274696669636174653a2e091032547698badcfe10ac021a200001020304050607"
    "08090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f507832090000dc496b07a20110052001"
    "2a1035efbeadde40074a08666163742074776f50782f09011801380140074a0200ff50ef01040060"
    "6156650d56858c629b7a3a097369676e6174757265";

std::string FrozenHex(std::string_view bytes) {
  return absl::BytesToHexString(absl::string_view(bytes.data(), bytes.size()));
}

v1::Genesis MakeGenesis() {
  v1::Genesis genesis;
  genesis.set_journal(kFrozenJournal);
  genesis.set_node("outremeuse-1");
  genesis.set_shop("outremeuse");
  genesis.set_scope(v1::SCOPE_SHOP);
  genesis.set_series("261123-k7m2xq");
  genesis.set_certificate("certificate");
  genesis.mutable_follows()->set_journal(0xfedcba9876543210);
  genesis.mutable_follows()->set_sequence(300);
  for (char i = 0; i < 32; ++i) genesis.mutable_follows()->mutable_hash()->push_back(i);
  return genesis;
}

v1::Entry MakeGenesisEntry() {
  v1::Entry entry;
  entry.set_hybrid_time(HybridTime::FromMillis(kMillis, 1).value());
  entry.set_fold_version(1);
  entry.set_kind(kGenesisKind);
  entry.set_fact(MakeGenesis().SerializeAsString());
  entry.set_utc_offset_minutes(60);
  return entry;
}

// The facts of one request: same id and digest, rising index.
v1::Entry MakeEntry(uint16_t counter, uint32_t index, std::string fact) {
  v1::Entry entry;
  entry.set_hybrid_time(HybridTime::FromMillis(kMillis + 1'500, counter).value());
  entry.set_fold_version(1);
  for (char i = 0; i < 16; ++i) entry.mutable_request_id()->push_back(i);
  entry.set_request_digest(0xdeadbeef);
  entry.set_request_index(index);
  entry.set_kind(7);
  entry.set_fact(std::move(fact));
  return entry;
}

std::vector<std::string> MakeEntries() {
  v1::Entry second = MakeEntry(0, 0, "fact two");
  second.set_wall_offset_ms(-3);
  second.set_utc_offset_minutes(60);
  v1::Entry third = MakeEntry(1, 1, std::string("\x00\xff", 2));
  third.set_doubtful(true);
  third.set_utc_offset_minutes(-120);
  return {MakeGenesisEntry().SerializeAsString(), second.SerializeAsString(),
          third.SerializeAsString()};
}

v1::Segment FrozenSegment() {
  v1::Segment segment;
  EXPECT_TRUE(segment.ParseFromString(absl::HexStringToBytes(kSegment)));
  return segment;
}

TEST(FrozenBytesTest, Genesis) {
  EXPECT_EQ(FrozenHex(MakeGenesis().SerializeAsString()), kGenesis);
}

TEST(FrozenBytesTest, Entries) {
  const std::vector<std::string> entries = MakeEntries();
  ASSERT_EQ(entries.size(), std::size(kEntries));
  for (size_t i = 0; i < entries.size(); ++i) EXPECT_EQ(FrozenHex(entries[i]), kEntries[i]);
}

TEST(FrozenBytesTest, ChainAndSignedHead) {
  Hash hash = ChainStart(JournalId(kFrozenJournal));
  EXPECT_EQ(FrozenHex(hash.view()), kStart);
  const std::vector<std::string> entries = MakeEntries();
  for (size_t i = 0; i < entries.size(); ++i) {
    hash = ChainNext(hash, entries[i]);
    EXPECT_EQ(FrozenHex(hash.view()), kHashes[i]);
  }
  EXPECT_EQ(FrozenHex(HeadToSign(Head{JournalId(kFrozenJournal), Sequence(3), hash})), kHeadToSign);
}

TEST(FrozenBytesTest, AStoredSegmentStillDecodes) {
  const absl::StatusOr<DecodedSegment> decoded = DecodeSegment(FrozenSegment());
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  EXPECT_EQ(FrozenHex(std::string_view(decoded->raw.data(), decoded->raw.size())), kBlock);
  ASSERT_EQ(decoded->entries.size(), std::size(kEntries));
  for (size_t i = 0; i < decoded->entries.size(); ++i) {
    EXPECT_EQ(FrozenHex(decoded->entries[i]), kEntries[i]);
    EXPECT_EQ(FrozenHex(decoded->hashes[i].view()), kHashes[i]);
  }
  EXPECT_EQ(FrozenHex(decoded->previous_hash.view()), kStart);
  EXPECT_EQ(FrozenHex(HeadToSign(decoded->head())), kHeadToSign);
  EXPECT_EQ(decoded->signature, "signature");
}

// The compressed bytes are the library's; all else is frozen.
TEST(FrozenBytesTest, ABuiltSegmentIsTheStoredOne) {
  SegmentBuilder builder(JournalId(kFrozenJournal), Sequence(1),
                         ChainStart(JournalId(kFrozenJournal)));
  for (const std::string& entry : MakeEntries()) ASSERT_TRUE(builder.Add(entry, 1 << 20));
  v1::Segment built = std::move(builder).Finish("signature");
  const absl::StatusOr<DecodedSegment> decoded = DecodeSegment(built);
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  EXPECT_EQ(FrozenHex(std::string_view(decoded->raw.data(), decoded->raw.size())), kBlock);
  v1::Segment frozen = FrozenSegment();
  built.clear_block();
  frozen.clear_block();
  EXPECT_EQ(built.SerializeAsString(), frozen.SerializeAsString());
}

}  // namespace
}  // namespace comptoir::journal
