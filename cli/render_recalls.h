// Recalls and traces, as text. Pure.
#pragma once

#include <ostream>
#include <string>

#include "comptoir/shop/v1/recalls.pb.h"

namespace comptoir::cli {

// "lot L47 of carottes", "all carottes", "what ferme-x delivered from 2026-11-20 to 2026-11-23".
// Not filtered: for a spreadsheet, or Printable().
std::string WhatOf(const shop::v1::Recall& recall);

// A line a shop, those that have not confirmed in capitals.
void RenderRecalls(const shop::v1::ListRecallsResponse& response, std::ostream& out);
// A recall that was just written, or lifted.
void RenderRecall(const shop::v1::Recall& recall, std::ostream& out);
// A confirmation, and the commands that throw away what is still there by the books.
void RenderConfirmed(const shop::v1::ConfirmRecallResponse& response, std::ostream& out);

// "delivered", "sold". Not filtered.
std::string WhatOf(const shop::v1::TraceMovement& movement);
void RenderTrace(const shop::v1::TraceResponse& response, std::ostream& out);

// A word as a shell reads it: in quotes where it must be.
std::string ShellWord(const std::string& text);

}  // namespace comptoir::cli
