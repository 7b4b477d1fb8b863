#include "tests/client/fake_server.h"

#include <atomic>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "client/half.h"

namespace nestor::testing {
namespace {

// Row `row` of a matrix, packed as it is.
v1::Vector RowOf(const v1::Matrix& matrix, uint32_t row) {
  const uint64_t bytes = uint64_t{matrix.dims()} * EncodingBytes(matrix.encoding());
  v1::Vector vector;
  vector.set_packed(matrix.packed().substr(row * bytes, bytes));
  vector.set_encoding(matrix.encoding());
  return vector;
}

class CollectionsService final : public v1::Collections::Service {
 public:
  explicit CollectionsService(FakeStore& store) : store_(store) {}
  grpc::Status CreateCollection(grpc::ServerContext*, const v1::CreateCollectionRequest* request,
                                v1::Collection* response) override {
    return store_.Create(*request, *response);
  }
  grpc::Status GetCollection(grpc::ServerContext*, const v1::GetCollectionRequest* request,
                             v1::Collection* response) override {
    return store_.Describe(request->name(), *response);
  }
  grpc::Status ListCollections(grpc::ServerContext*, const v1::ListCollectionsRequest* request,
                               v1::ListCollectionsResponse* response) override {
    store_.List(*request, *response);
    return grpc::Status::OK;
  }
  grpc::Status DeleteCollection(grpc::ServerContext*, const v1::DeleteCollectionRequest* request,
                                google::protobuf::Empty*) override {
    return store_.Drop(*request);
  }
  grpc::Status GetCollectionStats(grpc::ServerContext*,
                                  const v1::GetCollectionStatsRequest* request,
                                  v1::CollectionStats* response) override {
    return store_.Stats(request->name(), *response);
  }
  grpc::Status Calibrate(grpc::ServerContext*, const v1::CalibrateRequest* request,
                         v1::CollectionStats* response) override {
    const grpc::Status status = store_.Stats(request->name(), *response);
    response->mutable_calibration()->set_points(response->points());
    return status;
  }
  // Of vectors whose first dims are like any others; by what the collection has of them.
  grpc::Status Advise(grpc::ServerContext*, const v1::AdviseRequest* request,
                      v1::Advice* response) override {
    v1::Collection collection;
    const grpc::Status status = store_.Describe(request->name(), collection);
    response->set_sample_points(5000);
    response->set_sample_queries(128);
    v1::Advice::Quality& prefix = *response->add_prefixes();
    prefix.mutable_code()->set_dims(16);
    prefix.mutable_code()->set_bits(32);
    prefix.set_bytes(64);
    prefix.set_kept(0.25F);
    prefix.set_kept_by_chance(0.2F);
    v1::Advice::Quality& code = *response->add_codes();
    code.mutable_code()->set_dims(112);
    code.mutable_code()->set_bits(4);
    code.set_kept(0.5F);
    *response->mutable_best() = code.code();
    *response->mutable_judged() = prefix;
    prefix.set_kept_learnt(0.4F);
    response->set_is_worth_learning(true);
    response->set_is_matryoshka(collection.labels().contains("matryoshka"));
    return status;
  }
  grpc::Status WaitForIndex(grpc::ServerContext*, const v1::WaitForIndexRequest* request,
                            v1::CollectionStats* response) override {
    return store_.Stats(request->name(), *response);
  }

 private:
  FakeStore& store_;
};

class PointsService final : public v1::Points::Service {
 public:
  explicit PointsService(FakeStore& store) : store_(store) {}
  grpc::Status Search(grpc::ServerContext*, const v1::SearchRequest* request,
                      v1::SearchResponse* response) override {
    return store_.Search(*request, *response);
  }
  // A query with a NaN fails alone, as the contract has it.
  grpc::Status SearchBatch(grpc::ServerContext*, const v1::SearchBatchRequest* request,
                           v1::SearchBatchResponse* response) override {
    if (request->queries().rows() > store_.most_queries()) {
      return {grpc::StatusCode::RESOURCE_EXHAUSTED, "the answer is too large"};
    }
    for (uint32_t row = 0; row < request->queries().rows(); ++row) {
      v1::SearchRequest one = request->defaults();
      *one.mutable_vector() = RowOf(request->queries(), row);
      v1::SearchResponse& answer = *response->add_responses();
      if (HasNan(one.vector())) {
        answer.mutable_error()->set_code(grpc::StatusCode::INVALID_ARGUMENT);
        answer.mutable_error()->set_message("query is NaN");
        continue;
      }
      if (grpc::Status status = store_.Search(one, answer); !status.ok()) return status;
    }
    return grpc::Status::OK;
  }
  // Every search here is exact.
  grpc::Status MeasureRecall(grpc::ServerContext*, const v1::MeasureRecallRequest* request,
                             v1::MeasureRecallResponse* response) override {
    v1::CollectionStats stats;
    const bool given = request->has_queries();
    response->set_source(given ? v1::MeasureRecallResponse::GIVEN
                               : v1::MeasureRecallResponse::POINTS);
    response->set_queries(given ? request->queries().rows() : request->sample());
    response->set_recall(1);
    response->set_low(0.5F);
    response->set_high(1);
    response->set_worst(1);
    response->set_estimated_recall(request->search().plan().adaptive().recall_target());
    response->mutable_cost()->set_nanos(42'400);
    response->set_plan(absl::StrCat("scan for ", request->search().limit()));
    return store_.Stats(request->search().collection(), stats);
  }
  grpc::Status Upsert(grpc::ServerContext*, const v1::UpsertRequest* request,
                      v1::WriteResponse* response) override {
    return store_.Upsert(*request, *response);
  }
  grpc::Status UpdatePayload(grpc::ServerContext*, const v1::UpdatePayloadRequest* request,
                             v1::WriteResponse* response) override {
    return store_.UpdatePayload(*request, *response);
  }
  grpc::Status Delete(grpc::ServerContext*, const v1::DeleteRequest* request,
                      v1::WriteResponse* response) override {
    return store_.Delete(*request, *response);
  }
  grpc::Status Get(grpc::ServerContext*, const v1::GetRequest* request,
                   v1::GetResponse* response) override {
    return store_.Get(*request, *response);
  }
  grpc::Status Count(grpc::ServerContext*, const v1::CountRequest* request,
                     v1::CountResponse* response) override {
    return store_.Count(*request, *response);
  }
  grpc::Status Scroll(grpc::ServerContext*, const v1::ScrollRequest* request,
                      v1::ScrollResponse* response) override {
    return store_.Scroll(*request, *response);
  }

 private:
  FakeStore& store_;
};

class SnapshotsService final : public v1::Snapshots::Service {
 public:
  explicit SnapshotsService(FakeStore& store) : store_(store) {}
  grpc::Status CreateSnapshot(grpc::ServerContext*, const v1::CreateSnapshotRequest* request,
                              v1::Snapshot* response) override {
    return store_.Save(request->collection(), *response);
  }
  grpc::Status ListSnapshots(grpc::ServerContext*, const v1::ListSnapshotsRequest* request,
                             v1::ListSnapshotsResponse* response) override {
    store_.ListSnapshots(*request, *response);
    return grpc::Status::OK;
  }
  grpc::Status DeleteSnapshot(grpc::ServerContext*, const v1::DeleteSnapshotRequest* request,
                              google::protobuf::Empty*) override {
    return store_.DeleteSnapshot(*request);
  }
  grpc::Status RestoreSnapshot(grpc::ServerContext*, const v1::RestoreSnapshotRequest* request,
                               v1::Collection* response) override {
    return store_.Restore(*request, *response);
  }
  grpc::Status VerifySnapshot(grpc::ServerContext*, const v1::VerifySnapshotRequest* request,
                              v1::Snapshot* response) override {
    return store_.DescribeSnapshot(request->name(), *response);
  }

 private:
  FakeStore& store_;
};

// One CPU second more at each call.
class InfoService final : public v1::Server::Service {
 public:
  grpc::Status GetServerInfo(grpc::ServerContext*, const v1::GetServerInfoRequest*,
                             v1::ServerInfo* response) override {
    response->set_version("0.0.fake");
    response->set_commit("0123456789ab");
    response->set_kernels("none");
    response->mutable_start_time()->set_seconds(1795695450);
    response->mutable_user_cpu_time()->set_seconds(++calls_);
    response->mutable_system_cpu_time()->set_nanos(500'000'000);
    response->set_resident_bytes(1 << 20);
    response->set_threads(3);
    response->set_cores(2);
    return grpc::Status::OK;
  }

 private:
  std::atomic<int> calls_ = 0;
};

}  // namespace

FakeServer::FakeServer()
    : collections_(std::make_unique<CollectionsService>(store_)),
      points_(std::make_unique<PointsService>(store_)),
      snapshots_(std::make_unique<SnapshotsService>(store_)),
      info_(std::make_unique<InfoService>()) {
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
  builder.SetMaxReceiveMessageSize(64 << 20);
  builder.RegisterService(collections_.get());
  builder.RegisterService(points_.get());
  builder.RegisterService(snapshots_.get());
  builder.RegisterService(info_.get());
  server_ = builder.BuildAndStart();
}

FakeServer::~FakeServer() { server_->Shutdown(); }

std::string FakeServer::address() const { return absl::StrCat("127.0.0.1:", port_); }

}  // namespace nestor::testing
