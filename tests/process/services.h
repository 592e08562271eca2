// The product's services, asked as any client asks them.
#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/security/credentials.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "common/rpc/credentials.h"
#include "common/rpc/status.h"
#include "comptoir/admin/v1/admin.grpc.pb.h"
#include "comptoir/coop/v1/coop.grpc.pb.h"
#include "comptoir/shop/v1/shop.grpc.pb.h"
#include "tests/process/harness.h"

namespace comptoir::testing {

inline constexpr std::chrono::seconds kCallPatience(60);

template <typename Response>
struct Answer {
  grpc::Status status;
  std::string reason;  // stable code for programs; empty where there is none
  Response response;
};

inline std::string ReasonOf(const grpc::ClientContext& context) {
  const auto& trailers = context.GetServerTrailingMetadata();
  const auto found = trailers.find(rpc::kReasonMetadata);
  if (found == trailers.end()) return "";
  return {found->second.data(), found->second.size()};
}

// Calls one unary method: Ask(stub, &Stub::GetStatus, request).
template <typename Stub, typename Request, typename Response>
Answer<Response> Ask(Stub& stub,
                     grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                     const std::type_identity_t<Request>& request) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kCallPatience);
  Answer<Response> answer;
  answer.status = (stub.*method)(&context, request, &answer.response);
  answer.reason = ReasonOf(context);
  return answer;
}

// The same, where nothing but an answer will do.
template <typename Stub, typename Request, typename Response>
Response Get(Stub& stub,
             grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
             const std::type_identity_t<Request>& request) {
  Answer<Response> answer = Ask(stub, method, request);
  Require(answer.status.ok(), "asked in vain: " + answer.status.error_message());
  return std::move(answer.response);
}

// A channel of its own, that shares no connection and no backoff with another.
std::shared_ptr<grpc::Channel> PlainChannel(const std::string& address);
std::shared_ptr<grpc::Channel> MutualTlsChannel(const std::string& address,
                                                const rpc::TlsFiles& files);

// Runs the service's verification to its report.
admin::v1::VerifyReport VerifyOnline(admin::v1::AdminService::Stub& admin);

// ---- what clients send ----

// 12 bytes that name the session, and a counter.
std::string RequestId(const std::string& session, uint32_t number);
coop::v1::ProductSpec Product(const std::string& code, retail::v1::Unit unit, int64_t price_cents);
shop::v1::SaleLine Line(const std::string& product, int64_t quantity_milli);

}  // namespace comptoir::testing
