#include "common/retail/catalogue/registers.h"

#include <string>

#include "comptoir/retail/v1/registers.pb.h"
#include "tests/unit/retail/retail_world.h"

namespace comptoir::retail {
namespace {

Register::Write WriteOf(uint64_t journal, const std::string& text) {
  return {{JournalId(journal), Sequence(4), 9}, HybridTime(5), RegisterValue{text, -6}};
}

TEST(RegistersTest, DecodeTakesWhatEncodeGives) {
  Register values;
  values.Apply(WriteOf(1, "a"), std::vector<Reference>{{JournalId(9), Sequence(1), 8}});
  values.Apply(WriteOf(2, "b"), {});
  EXPECT_EQ(Must(DecodeRegister(EncodeRegister(values))), values);
  EXPECT_EQ(Must(DecodeRegister(EncodeRegister(Register()))), Register());
}

TEST(RegistersTest, DamagedRowsAreDataLoss) {
  EXPECT_EQ(DecodeRegister("\xff").status().code(), absl::StatusCode::kDataLoss);
  v1::RegisterRow row;
  row.add_writes()->mutable_reference()->set_journal(1);
  row.mutable_writes(0)->mutable_reference()->set_sequence(1);
  EXPECT_EQ(DecodeRegister(row.SerializeAsString()).status().code(), absl::StatusCode::kDataLoss)
      << "a write that was not seen";
}

TEST(RegistersTest, AKeyThatNobodyWroteHasNone) {
  RetailWorld world;
  EXPECT_FALSE(Must(ReadRegister(*world.Snapshot(), "Pcarottes")).has_value());
}

TEST(RegistersTest, ANewWriteReplacesAllThatStands) {
  Register values;
  values.Apply(WriteOf(2, "b"), {});
  values.Apply(WriteOf(1, "a"), {});
  References replaces;
  AppendReplaced(values, &replaces);
  ASSERT_EQ(replaces.size(), 2);
  EXPECT_EQ(replaces.Get(0).journal(), 1u);
  EXPECT_EQ(replaces.Get(0).sequence(), 4u);
  EXPECT_EQ(replaces.Get(0).hash_prefix(), 9u);
  EXPECT_EQ(replaces.Get(1).journal(), 2u);
}

TEST(RegistersTest, ANewWriteReplacesAtMost64) {
  Register values;
  for (uint64_t journal = 1; journal <= kReplacedWritesMax + 5; ++journal) {
    values.Apply(WriteOf(journal, "a"), {});
  }
  References replaces;
  AppendReplaced(values, &replaces);
  EXPECT_EQ(static_cast<size_t>(replaces.size()), kReplacedWritesMax);
}

}  // namespace
}  // namespace comptoir::retail
