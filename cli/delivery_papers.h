// Delivery papers that were entered before: the same one twice doubles what is on the shelves.
#pragma once

#include <string>

#include "cli/connection.h"
#include "cli/notes.h"
#include "cli/settings.h"
#include "comptoir/shop/v1/shop.pb.h"
#include "google/protobuf/repeated_ptr_field.h"

namespace comptoir::cli {

using DeliveryNames = google::protobuf::RepeatedPtrField<std::string>;

// A sentence for each delivery of `movements` that stands, is none of `own`, and is of the same
// producer, document, and one product and lot as one of them. Pure.
Notes NotesOfPaper(const shop::v1::ListMovementsResponse& movements, const DeliveryNames& own);

// The same of the last week's at `node`, printed. Where it does not answer nothing is: what was
// recorded stands all the same.
void NotePaper(const Settings& settings, const Connection& node, const DeliveryNames& own);

}  // namespace comptoir::cli
