#include "benchmarks/load/echo_benchmark.h"

#include <algorithm>
#include <atomic>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "benchmarks/json_file.h"
#include "benchmarks/load/calls_in_flight.h"
#include "benchmarks/load/echo_server.h"
#include "benchmarks/load/load_options.h"
#include "benchmarks/load/plan_text.h"
#include "benchmarks/load/run_json.h"
#include "benchmarks/load/run_table.h"
#include "benchmarks/number_table.h"
#include "benchmarks/passes.h"
#include "storage/status_macros.h"

namespace nestor::bench {
namespace {

absl::Status StatusOf(const grpc::Status& status) {
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
}

// What is asked, and the connections of one server.
class Caller {
 public:
  Caller(const std::string& server, int connections) {
    for (int i = 0; i < connections; ++i) {
      stubs_.push_back(v1::Points::NewStub(NewConnection(server)));
    }
  }

  // Makes all calls. look(i, response) sees every answer, on any thread.
  template <typename Request, typename Response>
  absl::Status All(const std::vector<Request>& requests, size_t concurrency,
                   const std::function<void(size_t, const Response&)>& look = nullptr) {
    return CallsInFlight::Run(
        requests.size(), concurrency, [&](size_t i, CallsInFlight::Done done) {
          auto response = std::make_shared<Response>();
          Call(requests[i], response.get(),
               [&look, i, response, done = std::move(done)](const absl::Status& status) {
                 if (status.ok() && look != nullptr) look(i, *response);
                 done(status);
               });
        });
  }

 private:
  template <typename Request, typename Response>
  void Call(const Request& request, Response* response, CallsInFlight::Done done) {
    auto context = std::make_shared<grpc::ClientContext>();
    auto& stub = *stubs_[next_.fetch_add(1, std::memory_order_relaxed) % stubs_.size()]->async();
    auto over = [context, done = std::move(done)](const grpc::Status& status) {
      done(StatusOf(status));
    };
    if constexpr (std::is_same_v<Request, v1::SearchRequest>) {
      stub.Search(context.get(), &request, response, std::move(over));
    } else {
      stub.SearchBatch(context.get(), &request, response, std::move(over));
    }
  }

  std::vector<std::unique_ptr<v1::Points::Stub>> stubs_;
  std::atomic<size_t> next_{0};
};

std::vector<v1::SearchBatchRequest> BatchesOf(const std::vector<v1::SearchRequest>& searches,
                                              uint32_t dims, size_t batch) {
  std::vector<v1::SearchBatchRequest> batches;
  for (size_t i = 0; i < searches.size(); ++i) {
    if (i % batch == 0) {
      v1::SearchBatchRequest& added = batches.emplace_back();
      *added.mutable_defaults() = searches[i];
      added.mutable_defaults()->clear_vector();
      added.mutable_queries()->set_dims(dims);
    }
    v1::Matrix& queries = *batches.back().mutable_queries();
    queries.set_rows(queries.rows() + 1);
    queries.mutable_packed()->append(searches[i].vector().packed());
  }
  return batches;
}

// Of the answers to some queries; thread-safe.
class FoundNeighbours {
 public:
  explicit FoundNeighbours(const TruthSet& truth) : truth_(truth) {}

  void Add(size_t query, const v1::SearchResponse& answer) {
    std::vector<uint64_t> ids;
    for (const v1::Hit& hit : answer.hits()) ids.push_back(hit.id().num());
    found_ += truth_.Found(static_cast<uint32_t>(query), ids);
    wanted_ += truth_.wanted(static_cast<uint32_t>(query));
  }
  double Recall() const { return static_cast<double>(found_) / static_cast<double>(wanted_); }

 private:
  const TruthSet& truth_;
  std::atomic<uint64_t> found_{0}, wanted_{0};
};

// One way to ask all queries.
struct Way {
  std::string name;
  Pass pass;
  double recall;  // negative: there is none
};

struct WayRate {
  double queries_per_second;
  double beside_echo;
};

std::vector<WayRate> RatesOf(const std::vector<PassTime>& times, size_t queries) {
  std::vector<WayRate> rates;
  for (const PassTime& time : times) {
    rates.push_back({static_cast<double>(queries) / time.seconds, times[0].seconds / time.seconds});
  }
  return rates;
}

void Print(const std::vector<Way>& ways, const std::vector<WayRate>& rates, std::ostream& out) {
  NumberTable table({"calls", "queries/s", "beside echo", "recall"}, 1);
  for (size_t i = 0; i < ways.size(); ++i) {
    table.AddRow({ways[i].name, absl::StrFormat("%.0f", rates[i].queries_per_second),
                  absl::StrFormat("%.2f x", rates[i].beside_echo),
                  ways[i].recall < 0 ? "-" : absl::StrFormat("%.4f", ways[i].recall)});
  }
  out << "\n";
  table.Print(out);
}

absl::Status WriteJson(const EchoBenchmarkOptions& options, const LoadTarget& target,
                       const std::vector<Way>& ways, const std::vector<WayRate>& rates,
                       Console& console) {
  Json document = NewDocument("echo", console);
  AddData(target, &document);
  document["plan"] = options.plan;
  document["batch"] = options.batch;
  document["concurrency"] = options.concurrency;
  document["connections"] = options.connections;
  document["results"] = Json::array();
  for (size_t i = 0; i < ways.size(); ++i) {
    Json result = {{"params", {{"calls", ways[i].name}}},
                   {"qps", rates[i].queries_per_second},
                   {"beside_echo", rates[i].beside_echo}};
    if (ways[i].recall >= 0) result["recall_at_k"] = ways[i].recall;
    document["results"].push_back(std::move(result));
  }
  return WriteJsonFile(options.json, document);
}

}  // namespace

absl::Status RunEchoBenchmark(const EchoBenchmarkOptions& options, Console& console) {
  const Client client(options.target.server);
  NESTOR_ASSIGN_OR_RETURN(const std::unique_ptr<LoadTarget> target,
                          OpenLoadTarget(options.target, client, console.err));
  NESTOR_ASSIGN_OR_RETURN(const NamedPlan plan,
                          ParsePlan(options.plan, EffortOf(target->collection)));
  std::vector<v1::SearchRequest> searches = target->searches;
  for (v1::SearchRequest& search : searches) *search.mutable_plan() = plan.plan;
  const std::vector<v1::SearchBatchRequest> batches =
      BatchesOf(searches, target->collection.dims(), options.batch);
  NESTOR_ASSIGN_OR_RETURN(const v1::SearchResponse answer, client.Search(searches[0]));
  NESTOR_ASSIGN_OR_RETURN(const std::unique_ptr<EchoServer> echo, EchoServer::Start(answer));

  Caller to_echo(echo->address(), options.connections);
  Caller to_server(options.target.server, options.connections);
  const size_t calls = options.concurrency;
  const size_t batches_at_once = std::max<size_t>(2, calls / options.batch);
  FoundNeighbours unary(target->truth), batched(target->truth);
  NESTOR_RETURN_IF_ERROR((to_server.All<v1::SearchRequest, v1::SearchResponse>(
      searches, calls, [&](size_t i, const v1::SearchResponse& found) { unary.Add(i, found); })));
  NESTOR_RETURN_IF_ERROR((to_server.All<v1::SearchBatchRequest, v1::SearchBatchResponse>(
      batches, batches_at_once, [&](size_t i, const v1::SearchBatchResponse& found) {
        for (int q = 0; q < found.responses_size(); ++q) {
          batched.Add(i * options.batch + static_cast<size_t>(q), found.responses(q));
        }
      })));

  const std::vector<Way> ways = {
      {"echo", [&] { return to_echo.All<v1::SearchRequest, v1::SearchResponse>(searches, calls); },
       -1},
      {"search",
       [&] { return to_server.All<v1::SearchRequest, v1::SearchResponse>(searches, calls); },
       unary.Recall()},
      {absl::StrCat("batches of ", options.batch),
       [&] {
         return to_server.All<v1::SearchBatchRequest, v1::SearchBatchResponse>(batches,
                                                                               batches_at_once);
       },
       batched.Recall()}};
  std::vector<Pass> passes;
  for (const Way& way : ways) passes.push_back(way.pass);
  NESTOR_ASSIGN_OR_RETURN(const std::vector<PassTime> times, TimePasses(passes, options.repeat));
  const std::vector<WayRate> rates = RatesOf(times, searches.size());
  PrintTarget(*target, console.out);
  console.out << "calls     plan " << plan.name << "; " << calls << " at a time, or "
              << batches_at_once << " batches\n";
  Print(ways, rates, console.out);
  return options.json.empty() ? absl::OkStatus()
                              : WriteJson(options, *target, ways, rates, console);
}

}  // namespace nestor::bench
