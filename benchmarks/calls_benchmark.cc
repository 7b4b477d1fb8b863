#include "benchmarks/calls_benchmark.h"

#include <algorithm>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "benchmarks/demo_collection.h"
#include "benchmarks/machine.h"
#include "benchmarks/number_table.h"
#include "benchmarks/passes.h"
#include "client/streaming_search.h"
#include "client/streaming_upsert.h"
#include "storage/status_macros.h"

namespace nestor::bench {
namespace {

// One way to send `count` points or queries.
struct Way {
  std::string name;
  uint64_t count;
  Pass pass;
};

// The ways to write. Every pass writes the first rows of the base under the same ids.
class Upserts {
 public:
  Upserts(const Client& client, std::string collection, const FloatMatrix& base)
      : client_(client), collection_(std::move(collection)), base_(base) {}

  absl::Status Unary(uint64_t points, uint64_t batch) const {
    for (uint64_t first = 0; first < points; first += batch) {
      v1::UpsertRequest request;
      request.set_collection(collection_);
      AddRows(first, std::min(batch, points - first), request.mutable_columns());
      NESTOR_RETURN_IF_ERROR(client_.Upsert(request).status());
    }
    return absl::OkStatus();
  }

  absl::Status Stream(uint64_t points, uint64_t batch) const {
    StreamingUpsertOptions options;
    options.collection = collection_;
    options.max_unacknowledged = std::max<uint64_t>(16, 1024 / batch);
    StreamingUpsert stream(client_, options);
    for (uint64_t first = 0; first < points; first += batch) {
      v1::UpsertChunk chunk;
      AddRows(first, std::min(batch, points - first), chunk.mutable_columns());
      NESTOR_RETURN_IF_ERROR(stream.Send(std::move(chunk)));
    }
    return stream.Finish().status;
  }

 private:
  void AddRows(uint64_t first, uint64_t rows, v1::ColumnBatch* columns) const {
    for (uint64_t row = first; row < first + rows; ++row) columns->add_ids()->set_num(row);
    v1::Matrix& vectors = *columns->mutable_vectors();
    vectors.set_rows(static_cast<uint32_t>(rows));
    vectors.set_dims(static_cast<uint32_t>(base_.dims));
    vectors.set_packed(base_.Row(first), rows * base_.dims * sizeof(float));
  }

  const Client& client_;
  const std::string collection_;
  const FloatMatrix& base_;
};

// The ways to ask all queries.
class Searches {
 public:
  Searches(const Client& client, const std::string& collection, const FloatMatrix& queries,
           uint32_t limit)
      : client_(client), queries_(queries) {
    for (uint64_t q = 0; q < queries.rows; ++q) {
      v1::SearchRequest& request = requests_.emplace_back();
      request.set_collection(collection);
      request.set_limit(limit);
      request.set_tag(q);
      request.mutable_vector()->set_packed(queries.Row(q), queries.dims * sizeof(float));
    }
  }

  absl::Status Unary() const {
    for (const v1::SearchRequest& request : requests_) {
      NESTOR_RETURN_IF_ERROR(client_.Search(request).status());
    }
    return absl::OkStatus();
  }

  absl::Status Batches(uint64_t batch) const {
    for (uint64_t first = 0; first < requests_.size(); first += batch) {
      const uint64_t rows = std::min<uint64_t>(batch, requests_.size() - first);
      v1::SearchBatchRequest request;
      *request.mutable_defaults() = requests_[first];
      request.mutable_defaults()->clear_vector();
      request.mutable_queries()->set_rows(static_cast<uint32_t>(rows));
      request.mutable_queries()->set_dims(static_cast<uint32_t>(queries_.dims));
      request.mutable_queries()->set_packed(queries_.Row(first),
                                            rows * queries_.dims * sizeof(float));
      NESTOR_RETURN_IF_ERROR(client_.SearchBatch(request).status());
    }
    return absl::OkStatus();
  }

  absl::Status Stream() const {
    StreamingSearch stream(client_);
    std::thread sender([&] {
      for (const v1::SearchRequest& request : requests_) {
        if (!stream.Send(request)) break;
      }
      stream.SendingIsDone();
    });
    size_t answers = 0;
    absl::Status failed;
    while (const std::optional<v1::SearchResponse> answer = stream.Receive()) {
      ++answers;
      if (answer->has_error()) failed = absl::InternalError(answer->error().message());
    }
    sender.join();
    NESTOR_RETURN_IF_ERROR(stream.Finish());
    NESTOR_RETURN_IF_ERROR(failed);
    if (answers == requests_.size()) return absl::OkStatus();
    return absl::InternalError(absl::StrCat(answers, " answers to ", requests_.size(), " queries"));
  }

 private:
  const Client& client_;
  const FloatMatrix& queries_;
  std::vector<v1::SearchRequest> requests_;
};

// Times the ways beside each other; the first one is what the others are compared with.
absl::Status Compare(const char* what, const std::vector<Way>& ways, int repeat,
                     std::ostream& out) {
  std::vector<Pass> passes;
  for (const Way& way : ways) passes.push_back(way.pass);
  NESTOR_ASSIGN_OR_RETURN(const std::vector<PassTime> times, TimePasses(passes, repeat));
  NumberTable table({what, absl::StrCat(what, "/s"), "beside the first"}, 1);
  const double first = static_cast<double>(ways[0].count) / times[0].seconds;
  for (size_t i = 0; i < ways.size(); ++i) {
    const double rate = static_cast<double>(ways[i].count) / times[i].seconds;
    table.AddRow(
        {ways[i].name, absl::StrFormat("%.0f", rate), absl::StrFormat("%.2f x", rate / first)});
  }
  out << "\n";
  table.Print(out);
  return absl::OkStatus();
}

}  // namespace

absl::Status RunCallsBenchmark(const CallsBenchmarkOptions& options, Console& console) {
  NESTOR_ASSIGN_OR_RETURN(const DataSet data,
                          ReadDataSet(options.data, Metric::kCosine, options.limit));
  const Client client(options.server);
  NESTOR_ASSIGN_OR_RETURN(const std::unique_ptr<DemoCollection> collection,
                          DemoCollection::Create(client, static_cast<uint32_t>(data.base.dims)));
  PrintMachine(console.out);
  PrintDataSet(options.data, data, Metric::kCosine, console.out);

  const uint64_t points = std::min<uint64_t>(options.points, data.base.rows);
  const uint64_t singles = std::min(options.singles, points);
  const uint64_t batch = options.batch;
  const Upserts upserts(client, collection->name(), data.base);
  NESTOR_RETURN_IF_ERROR(
      Compare("points",
              {{"unary, one by one", singles, [&] { return upserts.Unary(singles, 1); }},
               {absl::StrCat("unary, batches of ", batch), points,
                [&] { return upserts.Unary(points, batch); }},
               {"stream, one by one", points, [&] { return upserts.Stream(points, 1); }},
               {absl::StrCat("stream, chunks of ", batch), points,
                [&] { return upserts.Stream(points, batch); }}},
              options.repeat, console.out));

  v1::WaitForIndexRequest wait;
  wait.set_name(collection->name());
  NESTOR_RETURN_IF_ERROR(client.WaitForIndex(wait).status());
  const Searches searches(client, collection->name(), data.queries, options.limit);
  const uint64_t queries = data.queries.rows;
  NESTOR_RETURN_IF_ERROR(Compare(
      "queries",
      {{"unary", queries, [&] { return searches.Unary(); }},
       {absl::StrCat("batches of ", batch), queries, [&] { return searches.Batches(batch); }},
       {"stream", queries, [&] { return searches.Stream(); }}},
      options.repeat, console.out));
  return collection->Drop();
}

}  // namespace nestor::bench
