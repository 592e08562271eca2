#include "tests/process/services.h"

#include <grpcpp/create_channel.h>

#include "common/base/bytes.h"

namespace comptoir::testing {
namespace {

constexpr size_t kSessionBytes = 12;
constexpr uint32_t kVatBasisPoints = 600;
constexpr char kOwnConnections[] = "grpc.use_local_subchannel_pool";

}  // namespace

std::shared_ptr<grpc::Channel> PlainChannel(const std::string& address) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(kOwnConnections, 1);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

std::shared_ptr<grpc::Channel> MutualTlsChannel(const std::string& address,
                                                const rpc::TlsFiles& files) {
  grpc::ChannelArguments arguments = rpc::HubChannelArguments();
  arguments.SetInt(kOwnConnections, 1);
  return grpc::CreateCustomChannel(address, rpc::MutualTlsClient(files), arguments);
}

admin::v1::VerifyReport VerifyOnline(admin::v1::AdminService::Stub& admin) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kCallPatience);
  const auto reader = admin.Verify(&context, admin::v1::VerifyRequest());
  admin::v1::VerifyProgress progress;
  while (reader->Read(&progress)) {
  }
  const grpc::Status status = reader->Finish();
  Require(status.ok(), "verification failed: " + status.error_message());
  Require(progress.has_report(), "verification ended without a report");
  return progress.report();
}

std::string RequestId(const std::string& session, uint32_t number) {
  std::string id = session;
  id.resize(kSessionBytes, '.');
  AppendBigEndian32(number, &id);
  return id;
}

coop::v1::ProductSpec Product(const std::string& code, retail::v1::Unit unit, int64_t price_cents) {
  coop::v1::ProductSpec product;
  product.set_product(code);
  product.set_name(code);
  product.set_unit(unit);
  product.set_producer("ferme-des-trois-chenes");
  product.set_price_cents(price_cents);
  product.set_vat_basis_points(kVatBasisPoints);
  return product;
}

shop::v1::SaleLine Line(const std::string& product, int64_t quantity_milli) {
  shop::v1::SaleLine line;
  line.set_product(product);
  line.set_quantity_milli(quantity_milli);
  return line;
}

}  // namespace comptoir::testing
