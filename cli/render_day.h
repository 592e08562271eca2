// Days of a shop and their closings, as text. Pure.
#pragma once

#include <ostream>

#include "comptoir/shop/v1/days.pb.h"

namespace comptoir::cli {

// One closing, whole (Z).
void RenderClosing(const shop::v1::Closing& closing, std::ostream& out);
// A shop's day: each closing in a line, their sum, and what is not closed yet.
void RenderDay(const shop::v1::ShowDayResponse& day, std::ostream& out);

}  // namespace comptoir::cli
