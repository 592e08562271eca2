#include "cli/catalogue_entry.h"

#include "common/base/status.h"
#include "comptoir/coop/v1/coop.grpc.pb.h"
#include "comptoir/shop/v1/shop.grpc.pb.h"

namespace comptoir::cli {

absl::StatusOr<shop::v1::CatalogueEntry> FetchEntry(const Settings& settings,
                                                    const Connection& daemon,
                                                    shop::v1::Subject subject,
                                                    const std::string& code) {
  shop::v1::GetCatalogueEntryRequest request;
  request.set_subject(subject);
  request.set_code(code);
  return daemon.daemon == Daemon::kHub
             ? Ask(settings, daemon, &coop::v1::CoopService::Stub::GetCatalogueEntry, request)
             : Ask(settings, daemon, &shop::v1::ShopService::Stub::GetCatalogueEntry, request);
}

absl::Status CheckProductIsKnown(const Settings& settings, const Connection& daemon,
                                 const std::string& product) {
  if (product.empty()) return absl::OkStatus();
  const absl::Status status =
      FetchEntry(settings, daemon, shop::v1::SUBJECT_PRODUCT, product).status();
  return ReasonOf(status) == "UNKNOWN_PRODUCT" ? status : absl::OkStatus();
}

absl::StatusOr<std::set<std::string>> KnownShops(const Settings& settings, const Connection& hub) {
  using coop::v1::CoopService;
  COMPTOIR_ASSIGN_OR_RETURN(const auto shops, Ask(settings, hub, &CoopService::Stub::ListShops,
                                                  coop::v1::ListShopsRequest()));
  shop::v1::ListNamesRequest request;
  request.set_subject(shop::v1::SUBJECT_SHOP);
  COMPTOIR_ASSIGN_OR_RETURN(const auto names,
                            AskPages(settings, hub, &CoopService::Stub::ListNames, request));
  std::set<std::string> known;
  for (const coop::v1::Shop& shop : shops.shops()) known.insert(shop.shop());
  for (const shop::v1::Named& named : names.names()) known.insert(named.code());
  return known;
}

}  // namespace comptoir::cli
