#include "benchmarks/demo_collection.h"

#include <random>

#include "absl/memory/memory.h"
#include "absl/strings/str_cat.h"
#include "client/importer.h"
#include "client/payload_file.h"
#include "client/upsert_batches.h"
#include "storage/status_macros.h"

namespace nestor::bench {
namespace {

std::string RandomName() {
  std::random_device random;
  return absl::StrCat("demo-", absl::Hex(random(), absl::kZeroPad8));
}

// One batch at a time, so that of two rows with one id always the later one stays.
absl::Status ImportAll(const DemoData& data, const std::string& collection, const Client& client) {
  NESTOR_ASSIGN_OR_RETURN(PayloadFile payloads, PayloadFile::Open(data.payloads_path, "id"));
  UpsertBatches batches(data.vectors, &payloads,
                        {.collection = collection,
                         .batch_points = 1024,
                         .rows = data.vectors.rows(),
                         .use_ids = true});
  ImporterOptions options;
  options.concurrency = 1;
  const ImportResult result = Importer(client, batches, options).Run();
  NESTOR_RETURN_IF_ERROR(result.status);
  if (result.refused == 0) return absl::OkStatus();
  const RefusedPoint& first = result.refused_points.front();
  return absl::InternalError(absl::StrCat("the server refused ", result.refused,
                                          " points, the first one (row ", first.row,
                                          "): ", first.error.message()));
}

}  // namespace

absl::StatusOr<std::unique_ptr<DemoCollection>> DemoCollection::Create(const Client& client,
                                                                       uint32_t dims) {
  v1::CreateCollectionRequest request;
  request.mutable_collection()->set_name(RandomName());
  request.mutable_collection()->set_dims(dims);
  request.mutable_collection()->set_metric(v1::Collection::COSINE);
  NESTOR_RETURN_IF_ERROR(client.CreateCollection(request).status());
  return absl::WrapUnique(new DemoCollection(client, request.collection().name()));
}

DemoCollection::~DemoCollection() {
  if (!dropped_) (void)Drop();
}

absl::StatusOr<v1::CollectionStats> DemoCollection::Import(const DemoData& data) {
  NESTOR_RETURN_IF_ERROR(ImportAll(data, name_, client_));
  v1::WaitForIndexRequest request;
  request.set_name(name_);
  return client_.WaitForIndex(request);
}

absl::Status DemoCollection::Drop() {
  dropped_ = true;
  v1::DeleteCollectionRequest request;
  request.set_name(name_);
  return client_.DeleteCollection(request);
}

}  // namespace nestor::bench
