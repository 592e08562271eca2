// Answers about one daemon, as text. Pure, but for local time.
#pragma once

#include <ostream>
#include <string>

#include "comptoir/admin/v1/admin.pb.h"

namespace comptoir::cli {

void RenderStatus(const admin::v1::Status& status, std::ostream& out);
void RenderHeads(const admin::v1::ListHeadsResponse& response, std::ostream& out);
void RenderTokens(const admin::v1::ListTokensResponse& response, std::ostream& out);
void RenderNodes(const admin::v1::ListNodesResponse& response, std::ostream& out);
// "revoked since 2026-11-23 10:00:00: stolen"
std::string RevocationText(const admin::v1::Revocation& revoked);
void RenderVerifyReport(const admin::v1::VerifyReport& report, std::ostream& out);

void RenderDiff(const admin::v1::DiffReport& report, std::ostream& out);
// `file`: as the user named it.
void RenderCarryOut(const admin::v1::CarryOutReport& report, const std::string& file,
                    std::ostream& out);
void RenderCarryIn(const admin::v1::CarryInReport& report, const std::string& file,
                   std::ostream& out);

}  // namespace comptoir::cli
