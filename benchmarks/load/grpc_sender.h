#ifndef NESTOR_BENCHMARKS_LOAD_GRPC_SENDER_H_
#define NESTOR_BENCHMARKS_LOAD_GRPC_SENDER_H_

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "benchmarks/float_matrix.h"
#include "benchmarks/load/load_loop.h"
#include "benchmarks/load/stage_times.h"
#include "benchmarks/load/truth_set.h"
#include "nestor/v1/points.grpc.pb.h"

namespace nestor::bench {

struct GrpcSenderOptions {
  std::string server;
  int connections = 1;
  absl::Duration timeout = absl::Seconds(10);  // of every call
};

// What the calls are about. All must outlive the sender.
struct SenderData {
  const std::vector<v1::SearchRequest>& searches;  // one for each query
  const FloatMatrix& base;                         // for upserts; else it may be empty
  const std::vector<uint32_t>& ranks;              // likewise: of the rows of the base
  const TruthSet& truth;
  StageTimes& stages;  // of the searches that are explained
};

// Sends the calls of a load over gRPC, over several connections in turn. The sending thread
// serialises the request and hands it to gRPC; the answer is parsed and judged by a thread of gRPC.
//
// Thread safety: Send() may be called by any thread.
class GrpcSender {
 public:
  GrpcSender(const GrpcSenderOptions& options, const SenderData& data);

  // A SendFunction. Must be alive until the call is sent, not until it is answered; `data` is
  // needed until then.
  void Send(const Operation& operation, OperationDone done);

 private:
  void Search(const Operation& operation, OperationDone done);
  void Upsert(uint32_t row, OperationDone done);
  void Delete(uint32_t row, OperationDone done);
  v1::Points::StubInterface::async_interface& NextStub();

  const GrpcSenderOptions options_;
  const SenderData data_;
  std::vector<std::unique_ptr<v1::Points::Stub>> stubs_;
  std::atomic<size_t> next_{0};
};

// The upsert of rows under their numbers as ids, as they were loaded.
v1::UpsertRequest UpsertOfRows(const std::string& collection, const FloatMatrix& base,
                               const std::vector<uint32_t>& ranks, absl::Span<const uint32_t> rows);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_LOAD_GRPC_SENDER_H_
