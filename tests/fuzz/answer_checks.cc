#include "tests/fuzz/answer_checks.h"

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "client/utf8.h"
#include "server/points_handler.h"
#include "storage/check.h"

namespace nestor::testing {
namespace {

// gRPC's peers refuse headers of more than 8 KiB, and a byte that is not ASCII takes three.
constexpr size_t kMaxStatusBytes = 4096;

absl::Status NeverStop() { return absl::OkStatus(); }

bool MayBeCausedByARequest(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kOk:
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kFailedPrecondition:  // too few points to measure by
    case absl::StatusCode::kOutOfRange:
    case absl::StatusCode::kResourceExhausted:
      return true;
    default:
      return false;
  }
}

// Fails for a call that has nothing wrong with it.
void CheckOk(const absl::Status& status) {
  if (!status.ok()) std::fprintf(stderr, "%s\n", status.ToString().c_str());
  NESTOR_CHECK(status.ok());
}

void CheckScroll(Engine& engine, const std::string& collection) {
  v1::ScrollRequest request;
  request.set_collection(collection);
  request.mutable_select()->set_payload(true);
  request.mutable_select()->set_vector(true);
  v1::ScrollResponse response;
  CheckOk(HandleScroll(engine, request, NeverStop, &response));
  CheckReadableByClient(response);
}

void CheckSearch(Engine& engine, const std::string& collection, uint32_t dims,
                 const v1::SearchPlan& plan) {
  v1::SearchBatchRequest request;
  v1::SearchRequest& defaults = *request.mutable_defaults();
  defaults.set_collection(collection);
  defaults.set_limit(100);
  defaults.mutable_select()->set_payload(true);
  defaults.mutable_select()->set_vector(true);
  *defaults.mutable_plan() = plan;
  const std::vector<float> ones(dims, 1);
  request.mutable_queries()->set_rows(1);
  request.mutable_queries()->set_dims(dims);
  request.mutable_queries()->set_packed(ones.data(), dims * sizeof(float));
  v1::SearchBatchResponse response;
  CheckOk(HandleSearchBatch(engine, request, NeverStop, absl::ZeroDuration(),
                            absl::InfiniteDuration(), &response));
  CheckReadableByClient(response);
}

}  // namespace

void CheckStatus(const absl::Status& status) {
  const bool good = MayBeCausedByARequest(status.code()) && IsUtf8(status.message()) &&
                    status.message().size() <= kMaxStatusBytes;
  if (!good) std::fprintf(stderr, "%s\n", status.ToString().c_str());
  NESTOR_CHECK(MayBeCausedByARequest(status.code()));
  NESTOR_CHECK(IsUtf8(status.message()));
  NESTOR_CHECK(status.message().size() <= kMaxStatusBytes);
}

void CheckReadableByClient(const google::protobuf::Message& answer) {
  const std::unique_ptr<google::protobuf::Message> read(answer.New());
  const bool readable = read->ParseFromString(answer.SerializeAsString());
  if (!readable) std::fprintf(stderr, "%s\n", answer.DebugString().c_str());
  NESTOR_CHECK(readable);
}

void CheckEverythingReadable(Engine& engine) {
  v1::SearchPlan exact;
  exact.mutable_exact();
  for (const std::shared_ptr<Collection>& collection : engine.List()) {
    const ResolvedSpec& spec = collection->spec();
    CheckScroll(engine, spec.name);
    CheckSearch(engine, spec.name, spec.dims, {});
    CheckSearch(engine, spec.name, spec.dims, exact);
  }
}

}  // namespace nestor::testing
