// Answers about goods that moved or were seen, as text. Pure.
#pragma once

#include <ostream>
#include <string>

#include "comptoir/shop/v1/shop.pb.h"

namespace comptoir::cli {

// In a few words: "delivery from ferme". Not filtered: for a spreadsheet, or Printable().
std::string WhatOf(const shop::v1::Movement& movement);

void RenderWaste(const shop::v1::RecordWasteResponse& response, std::ostream& out);
void RenderCount(const shop::v1::RecordCountResponse& response, std::ostream& out);
void RenderCorrection(const shop::v1::CorrectResponse& response, std::ostream& out);
void RenderMovements(const shop::v1::ListMovementsResponse& response, std::ostream& out);
void RenderDiscrepancies(const shop::v1::ListDiscrepanciesResponse& response, std::ostream& out);

}  // namespace comptoir::cli
