#include "cli/delivery_papers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace comptoir::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class DeliveryPapers : public ::testing::Test {
 protected:
  shop::v1::Movement* Add(const char* name, const char* document, const char* producer,
                          const char* product, const char* lot = "") {
    shop::v1::Movement* movement = movements_.add_movements();
    movement->set_name(name);
    movement->set_kind(retail::v1::FACT_KIND_GOODS_RECEIVED);
    movement->set_document(document);
    movement->set_producer(producer);
    shop::v1::MovementLine& line = *movement->add_lines();
    line.set_product(product);
    line.set_lot(lot);
    return movement;
  }
  Notes Of(const char* own) {
    DeliveryNames names;
    *names.Add() = own;
    return NotesOfPaper(movements_, names);
  }

  shop::v1::ListMovementsResponse movements_;
};

TEST_F(DeliveryPapers, OneThatIsEnteredAgain) {
  Add("h/1", "B-17", "ferme", "carottes", "L1");
  Add("h/2", "B-17", "ferme", "carottes", "L1");
  EXPECT_THAT(Of("h/2"),
              ElementsAre("the same of document B-17 of ferme was received as h/1: if this is that "
                          "delivery again, 'comptoir correct' undoes one of them"));
}

TEST_F(DeliveryPapers, WhatIsNotTheSame) {
  Add("h/1", "B-18", "ferme", "carottes");
  Add("h/2", "B-17", "moulin", "carottes");
  Add("h/3", "B-17", "ferme", "carottes", "L1");  // the rest of the paper
  Add("h/4", "B-17", "ferme", "panais");
  Add("h/5", "B-17", "ferme", "carottes")->set_undone(true);
  Add("h/6", "B-17", "ferme", "carottes")->set_kind(retail::v1::FACT_KIND_WASTED);
  Add("h/7", "B-17", "ferme", "carottes");
  EXPECT_THAT(Of("h/7"), IsEmpty());
  Add("h/8", "", "ferme", "carottes");
  Add("h/9", "", "ferme", "carottes");
  EXPECT_THAT(Of("h/9"), IsEmpty()) << "without a paper";
  EXPECT_THAT(Of("h/10"), IsEmpty()) << "not listed";
}

}  // namespace
}  // namespace comptoir::cli
