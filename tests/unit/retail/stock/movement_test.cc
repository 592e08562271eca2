#include "common/retail/stock/movement.h"

#include <map>
#include <string>

#include "tests/unit/retail/retail_world.h"

namespace comptoir::retail {
namespace {

using std::string_literals::operator""s;

TEST(MovementTest, WhatLeavesHereArrivesThere) {
  RetailWorld world;
  const auto batch = world.Begin();
  Mover mover("shop:herstal", "customer:herstal", *batch);
  mover.Move({"pain", v1::UNIT_PIECE, ""}, 2'000);
  mover.Move({"carottes-en-botte", v1::UNIT_KILOGRAM, "L47"}, 500);
  mover.Move({"pain", v1::UNIT_PIECE, ""}, -500);
  mover.Move({"sel", v1::UNIT_PIECE, ""}, 0);
  world.Commit(batch);
  std::map<std::string, int64_t> balances;
  const auto snapshot = world.Snapshot();
  for (auto rows = snapshot->Scan(kBalances, "", ""); rows->Valid(); rows->Next()) {
    balances[std::string(rows->key())] = Must(store::DecodeCounters(rows->value())).at(0);
  }
  EXPECT_EQ(balances, (std::map<std::string, int64_t>{
                          {"shop:herstal\0pain\0\1"s, -1'500},
                          {"customer:herstal\0pain\0\1"s, 1'500},
                          {"shop:herstal\0carottes-en-botte\0\2L47"s, -500},
                          {"customer:herstal\0carottes-en-botte\0\2L47"s, 500},
                          {"shop:herstal\0sel\0\1"s, 0},
                          {"customer:herstal\0sel\0\1"s, 0},
                      }));
}

}  // namespace
}  // namespace comptoir::retail
