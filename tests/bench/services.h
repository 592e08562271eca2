// The daemons' services, as their clients see them.
#pragma once

#include <grpcpp/channel.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "comptoir/admin/v1/admin.grpc.pb.h"
#include "comptoir/coop/v1/coop.grpc.pb.h"
#include "comptoir/shop/v1/shop.grpc.pb.h"
#include "tests/bench/samples.h"

namespace comptoir::bench {

// A connection of its own, up when this returns.
std::shared_ptr<grpc::Channel> ConnectToNode(const std::string& address);
// With the operator's certificate of the hub in `folder`.
std::shared_ptr<grpc::Channel> ConnectToHub(const std::string& address, const std::string& folder);
// With the identity of the node in `folder`, as its link to the hub has it.
std::shared_ptr<grpc::Channel> ConnectAsNode(const std::string& address, const std::string& folder);

admin::v1::Status GetStatus(const std::shared_ptr<grpc::Channel>& channel);
// By rising journal, as bytes that are equal where the heads are.
std::string GetHeads(const std::shared_ptr<grpc::Channel>& channel);
// Every row by product, of the last ten years; Stub is a ShopService's or a CoopService's.
template <typename Stub>
std::vector<shop::v1::SalesRow> ListSales(Stub& stub);
extern template std::vector<shop::v1::SalesRow> ListSales(shop::v1::ShopService::Stub&);
extern template std::vector<shop::v1::SalesRow> ListSales(coop::v1::CoopService::Stub&);

// ---- the limit of every call: an empty one, to a server that does nothing ----

// Serves until it is killed; prints its `ready` line. For a process of its own.
// With `hub_folder`, over mutual TLS as that hub.
int ServeEmptyCalls(const std::string& hub_folder);
// `pause` before each.
Latencies MeasureEmptyCalls(const std::shared_ptr<grpc::Channel>& channel, size_t count,
                            std::chrono::microseconds pause = {});

}  // namespace comptoir::bench
