#include "server/server.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/kernels/kernel_table.h"
#include "engine/limits.h"
#include "grpcpp/ext/proto_server_reflection_plugin.h"
#include "spdlog/spdlog.h"
#include "storage/status_macros.h"

namespace nestor {
namespace {

constexpr int kHandshakeTimeoutMs = 10'000;
constexpr int kIdleTimeoutMs = 3'600'000;
constexpr int kKeepaliveMs = 60'000;
constexpr int kMaxConcurrentStreams = 1024;
constexpr int kMaxMetadataBytes = 16 << 10;
constexpr size_t kSlowQueue = 8;  // each may take minutes: more would only wait in vain
constexpr size_t kGrpcMemoryBytes = size_t{1} << 30;

int Processors() { return std::max(1, static_cast<int>(std::thread::hardware_concurrency())); }
int OrProcessors(int threads) { return threads == 0 ? Processors() : threads; }

bool IsLoopback(absl::string_view address) {
  for (absl::string_view prefix : {"127.", "localhost:", "[::1]:", "unix:"}) {
    if (absl::StartsWith(address, prefix)) return true;
  }
  return false;
}

// What gRPC 1.51 needs to be told so that a stranger on the network cannot make it hold memory: see
// ARCHITECTURE.md.
void Harden(grpc::ServerBuilder* builder) {
  builder->SetMaxReceiveMessageSize(static_cast<int>(kMaxMessageBytes));
  builder->SetMaxSendMessageSize(static_cast<int>(kMaxMessageBytes));
  builder->SetDefaultCompressionAlgorithm(GRPC_COMPRESS_NONE);
  builder->SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_GZIP, false);
  builder->SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_DEFLATE, false);
  builder->AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, kHandshakeTimeoutMs);
  builder->AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS, kIdleTimeoutMs);
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs);
  builder->AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kMaxConcurrentStreams);
  builder->AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kMaxMetadataBytes);
  grpc::ResourceQuota quota("nestord");
  quota.Resize(kGrpcMemoryBytes);
  builder->SetResourceQuota(quota);
}

}  // namespace

Server::Server(const ServerOptions& options, rocksdb::Env* env)
    : options_(options),
      readers_(OrProcessors(options.read_threads), options.queue_limit, kMaxQueuedBytes),
      writers_(options.write_threads, options.queue_limit, kMaxQueuedBytes),
      slow_workers_(1, kSlowQueue, kMaxQueuedBytes),
      state_(readers_, writers_, slow_workers_, options.streams),
      collections_(state_),
      points_(state_),
      snapshots_(state_),
      health_(
          {"nestor.v1.Collections", "nestor.v1.Points", "nestor.v1.Server", "nestor.v1.Snapshots"}),
      engine_(
          {.store = {.directory = options.data,
                     .block_cache_bytes = options.block_cache_mib << 20,
                     .background_threads = Processors(),
                     .env = env},
           .index_threads = OrProcessors(options.index_threads),
           .audit_share = options.audit_share,
           .settles_after = options.settle_seconds == 0 ? absl::InfiniteDuration()
                                                        : absl::Seconds(options.settle_seconds)},
          state_, health_) {}

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const ServerOptions& options,
                                                      rocksdb::Env* env) {
  std::unique_ptr<Server> server(new Server(options, env));
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  grpc::ServerBuilder builder;
  Harden(&builder);
  builder.AddListeningPort(options.grpc, grpc::InsecureServerCredentials(), &server->port_);
  // Two servers on one port would share its connections at random.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.RegisterService(&server->collections_);
  builder.RegisterService(&server->points_);
  builder.RegisterService(&server->snapshots_);
  builder.RegisterService(&server->info_);
  builder.RegisterService(&server->health_);
  server->grpc_ = builder.BuildAndStart();
  if (server->grpc_ == nullptr || server->port_ == 0) {
    return absl::InvalidArgumentError(absl::StrCat("cannot listen on grpc address '", options.grpc,
                                                   "': is it taken, or not an address?"));
  }
  if (!IsLoopback(options.grpc)) {
    spdlog::warn("listening on {}: anyone who reaches this address can read and write all data",
                 options.grpc);
  }
  return server;
}

Server::~Server() {
  if (grpc_ != nullptr) Drain();
}

absl::Status Server::Recover() {
  NESTOR_RETURN_IF_ERROR(engine_.Start());
  spdlog::info("serving gRPC on {}, data in {}, kernels {}", options_.grpc, options_.data,
               kernels::Kernels().name);
  return absl::OkStatus();
}

void Server::Drain() {
  health_.Shutdown();
  state_.StartDraining();
  grpc_->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(options_.drain_seconds));
  grpc_->Wait();
  grpc_.reset();
}

}  // namespace nestor
