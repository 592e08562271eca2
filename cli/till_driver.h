// Plays a till: sends a feed of sales over the node's stream and holds on to
// them through broken streams and restarts of the node.
#pragma once

#include <chrono>

#include "absl/status/status.h"
#include "cli/connection.h"
#include "cli/till_feed.h"
#include "cli/till_journal.h"

namespace comptoir::cli {

// Returns once all of `feed` is answered. An error where the node refuses the
// stream for good, or where `patience` passes without a connection or an answer;
// what is unanswered then may or may not be sold.
absl::Status DriveTill(const Connection& node, std::chrono::milliseconds patience, TillFeed& feed,
                       TillJournal& journal);

}  // namespace comptoir::cli
