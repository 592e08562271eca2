#include "common/daemon/requests.h"

#include <gtest/gtest.h>

#include "comptoir/shop/v1/shop.pb.h"

namespace comptoir::daemon {
namespace {

TEST(Requests, AnIdHasSixteenBytes) {
  EXPECT_TRUE(CheckRequestId(std::string(16, '\0')).ok());
  for (const size_t size : {0, 1, 15, 17, 36}) {
    EXPECT_EQ(CheckRequestId(std::string(size, 'x')).code(), absl::StatusCode::kInvalidArgument);
  }
}

TEST(Requests, TheDigestIsOfTheContentAndNotOfTheId) {
  shop::v1::RecordSaleRequest one;
  one.set_request_id(std::string(16, '1'));
  one.add_lines()->set_product("miel");
  shop::v1::RecordSaleRequest same = one;
  same.set_request_id(std::string(16, '2'));
  EXPECT_EQ(DigestOf(one), DigestOf(same));
  EXPECT_EQ(one.request_id(), std::string(16, '1'));
  shop::v1::RecordSaleRequest other = one;
  other.mutable_lines(0)->set_quantity_milli(1000);
  EXPECT_NE(DigestOf(one), DigestOf(other));
}

TEST(Requests, ReferencesAreWrittenWhole) {
  journal::v1::Reference message;
  SetReference({JournalId(7), Sequence(9), 11}, &message);
  EXPECT_EQ(message.journal(), 7U);
  EXPECT_EQ(message.sequence(), 9U);
  EXPECT_EQ(message.hash_prefix(), 11U);
}

}  // namespace
}  // namespace comptoir::daemon
