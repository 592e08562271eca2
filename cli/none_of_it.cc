#include "cli/none_of_it.h"

#include "comptoir/coop/v1/coop.grpc.pb.h"
#include "comptoir/shop/v1/shop.grpc.pb.h"

namespace comptoir::cli {

absl::Status CheckProductIsKnown(const Settings& settings, const Connection& daemon,
                                 const std::string& product) {
  using coop::v1::CoopService;
  using shop::v1::ShopService;
  shop::v1::GetCatalogueEntryRequest request;
  request.set_subject(shop::v1::SUBJECT_PRODUCT);
  request.set_code(product);
  const absl::Status status =
      daemon.daemon == Daemon::kHub
          ? Ask(settings, daemon, &CoopService::Stub::GetCatalogueEntry, request).status()
          : Ask(settings, daemon, &ShopService::Stub::GetCatalogueEntry, request).status();
  return ReasonOf(status) == "UNKNOWN_PRODUCT" ? status : absl::OkStatus();
}

}  // namespace comptoir::cli
