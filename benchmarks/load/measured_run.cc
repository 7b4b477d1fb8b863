#include "benchmarks/load/measured_run.h"

#include <memory>
#include <optional>
#include <ostream>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "benchmarks/load/closed_loop.h"
#include "benchmarks/load/grpc_sender.h"
#include "benchmarks/load/load_watch.h"
#include "benchmarks/load/measured_records.h"
#include "benchmarks/load/open_loop.h"
#include "benchmarks/load/steady_state.h"
#include "client/retry.h"
#include "storage/status_macros.h"

namespace nestor::bench {
namespace {

constexpr size_t kWriteAgainBatch = 100;
// Calls and arrivals have seeds of their own, or gaps and kinds would go together.
constexpr uint64_t kSourceSeed = 0x9e3779b97f4a7c15;

// The searches of the target, by this plan.
std::vector<v1::SearchRequest> WithPlan(const LoadTarget& target, const NamedPlan& plan) {
  std::vector<v1::SearchRequest> searches = target.searches;
  for (v1::SearchRequest& search : searches) *search.mutable_plan() = plan.plan;
  return searches;
}

OperationSourceOptions SourceOptions(const LoadTarget& target, const RunOptions& options) {
  return {.mix = target.mix,
          .queries = static_cast<uint32_t>(target.searches.size()),
          .first_churned = target.first_churned,
          .rows = target.rows,
          .explain = options.explain,
          .seed = options.seed + kSourceSeed};
}

std::unique_ptr<LoadLoop> MakeLoop(const Pace& pace, const RunOptions& options,
                                   OperationSource& source, SendFunction send, OperationLog& log) {
  if (const auto* closed = std::get_if<ClosedPace>(&pace); closed != nullptr) {
    return std::make_unique<ClosedLoop>(closed->concurrency, source, std::move(send), log);
  }
  const ArrivalSchedule schedule(options.arrivals, std::get<OpenPace>(pace).rate, options.seed);
  return std::make_unique<OpenLoop>(schedule, options.max_in_flight, source, std::move(send), log);
}

absl::Status CheckLength(const Pace& pace, const RunOptions& options) {
  const auto* open = std::get_if<OpenPace>(&pace);
  if (open == nullptr) return absl::OkStatus();
  const absl::Duration warmup = options.warmup.time.value_or(kMaxWarmup);
  return CheckOperations(open->rate, absl::ToDoubleSeconds(warmup) + options.seconds);
}

// A search that cannot work says why here, and not a thousand times.
absl::Status TryOneSearch(const v1::SearchRequest& search, const Client& client) {
  return client.Search(search).status();
}

// Once more and again while the server is full or away, which after a load it may be for a while.
absl::Status UpsertAll(const v1::UpsertRequest& request, const Client& client) {
  Backoff backoff({});
  while (true) {
    const absl::StatusOr<v1::WriteResponse> response = client.Upsert(request);
    if (response.ok() && response->errors().empty()) return absl::OkStatus();
    if (response.ok()) {
      return absl::InternalError(absl::StrCat("the server refused ", response->errors_size(),
                                              ", the first one: ", response->errors(0).message()));
    }
    if (!IsRetryable(response.status())) return response.status();
    const std::optional<absl::Duration> wait = backoff.Next(response.status());
    if (!wait.has_value()) return response.status();
    absl::SleepFor(*wait);
  }
}

absl::Status WriteAgain(const std::set<uint32_t>& rows, const LoadTarget& target,
                        const Client& client) {
  const RowIds all(rows.begin(), rows.end());
  for (size_t first = 0; first < all.size(); first += kWriteAgainBatch) {
    const absl::Span<const uint32_t> batch =
        absl::MakeConstSpan(all).subspan(first, kWriteAgainBatch);
    NESTOR_RETURN_IF_ERROR(UpsertAll(
        UpsertOfRows(target.collection.name(), target.base, target.ranks, batch), client));
  }
  return absl::OkStatus();
}

// WriteAgain, which says on `log` what it fails with.
absl::Status Restore(const std::set<uint32_t>& rows, const LoadTarget& target, const Client& client,
                     std::ostream& log) {
  absl::Status status = WriteAgain(rows, target, client);
  if (status.ok()) return status;
  status = absl::Status(
      status.code(),
      absl::StrCat("points that this load deleted could not be written again: ", status.message()));
  log << status.message() << "; load collection " << target.collection.name() << " again"
      << std::endl;
  return status;
}

}  // namespace

absl::StatusOr<MeasuredRun> MeasureLoad(const std::string& server, const LoadTarget& target,
                                        const NamedPlan& plan, const Pace& pace,
                                        const RunOptions& options, const std::string& what,
                                        Console& console) {
  NESTOR_RETURN_IF_ERROR(CheckLength(pace, options));
  MeasuredRun run{.pace = pace, .plan = plan};
  const std::vector<v1::SearchRequest> searches = WithPlan(target, plan);
  const Client client(server);
  NESTOR_RETURN_IF_ERROR(TryOneSearch(searches.front(), client));
  StageTimes stages;
  OperationLog log;
  OperationSource source(SourceOptions(target, options));
  GrpcSender sender(
      {.server = server, .connections = options.connections, .timeout = options.timeout},
      {searches, target.base, target.ranks, target.truth, stages});
  const std::unique_ptr<LoadLoop> loop = MakeLoop(
      pace, options, source,
      [&](const Operation& operation, OperationDone done) {
        sender.Send(operation, std::move(done));
      },
      log);

  loop->Start();
  LoadWatch(*loop, log, target.truth, client, what, console)
      .Watch(
          options, [&](int64_t begin_ns) { stages.CountFrom(begin_ns); }, &run);
  loop->Join();
  run.restored = Restore(source.deleted(), target, client, console.err);
  if (log.full()) {
    return absl::ResourceExhaustedError(
        absl::StrCat("there were more than ", kMaxOperations, " calls; ask for fewer --seconds"));
  }
  run.most_in_flight = loop->most_in_flight();
  run.stages = stages.ToJson();
  KeepMeasured(log.Take(), &run);
  NESTOR_RETURN_IF_ERROR(CheckAnswered(run.records, server));
  return run;
}

}  // namespace nestor::bench
