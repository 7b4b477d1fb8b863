#ifndef NESTOR_CLIENT_IMPORTER_H_
#define NESTOR_CLIENT_IMPORTER_H_

#include <cstdint>
#include <functional>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "client/client.h"
#include "client/retry.h"
#include "client/upsert_batches.h"
#include "nestor/v1/points.pb.h"

namespace nestor {

// The first so many refused points are kept with their reasons; the others are counted.
inline constexpr size_t kMaxRefusedKept = 20;

struct ImporterOptions {
  int concurrency = 4;  // batches in flight, at least 1
  RetryPolicy retry;
  std::function<void(absl::Duration)> sleep = absl::SleepFor;
  // Called now and then, from the thread of Run(), with the points acknowledged so far.
  std::function<void(uint64_t)> on_progress = [](uint64_t) {};
};

struct RefusedPoint {
  uint64_t row = 0;
  v1::ItemError error;
};

struct ImportResult {
  absl::Status status;    // the first failure that ended the import
  uint64_t imported = 0;  // points that the server acknowledged, whatever the status
  uint64_t refused = 0;   // points that the server refused one by one
  uint64_t retries = 0;   // how often a batch was sent again
  std::vector<RefusedPoint> refused_points;  // in no order, at most kMaxRefusedKept
};

// Sends batches with several in flight. A batch that meets a full or absent server is sent again
// after a while (writing a point twice is harmless), until its retry budget is spent. One without a
// good point is refused, and the next ones are sent. Any other failure ends the import; what was in
// flight is waited for and counted. Batches may be applied in another order than they were cut: of
// two rows with one id, either may win unless `concurrency` is 1.
//
// Thread safety: Run() is called once, by one thread.
class Importer {
 public:
  // `client` and `batches` must outlive this.
  Importer(const Client& client, UpsertBatches& batches, const ImporterOptions& options)
      : client_(client), options_(options), batches_(batches) {}

  ImportResult Run();

 private:
  // A worker: takes batches until there are none or one failed.
  void Work();
  absl::StatusOr<std::optional<UpsertBatch>> Take();
  absl::StatusOr<v1::WriteResponse> Send(const UpsertBatch& batch);
  // `errors` has no more than one of each point.
  void Count(const UpsertBatch& batch, absl::Span<const v1::ItemError> errors, uint64_t refused);
  void Fail(const absl::Status& status);
  bool Stopped() const;
  // Until every worker has ended.
  void ReportProgress();

  const Client& client_;
  const ImporterOptions options_;

  absl::Mutex batches_mutex_;
  UpsertBatches& batches_ ABSL_GUARDED_BY(batches_mutex_);

  mutable absl::Mutex result_mutex_;
  ImportResult result_ ABSL_GUARDED_BY(result_mutex_);
  int working_ ABSL_GUARDED_BY(result_mutex_) = 0;
};

}  // namespace nestor

#endif  // NESTOR_CLIENT_IMPORTER_H_
