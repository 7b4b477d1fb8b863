#ifndef NESTOR_TESTS_CLIENT_FAKE_STORE_H_
#define NESTOR_TESTS_CLIENT_FAKE_STORE_H_

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <cstdint>
#include <map>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "nestor/v1/collections.pb.h"
#include "nestor/v1/points.pb.h"
#include "nestor/v1/snapshots.pb.h"

namespace nestor::testing {

// In any form that the contract allows.
bool HasNan(const v1::Vector& vector);

struct FakeCollection {
  v1::Collection spec;
  std::map<std::string, v1::Point> points;  // by serialized id; vectors as `values`
};

struct FakeSnapshot {
  v1::Snapshot info;
  FakeCollection collection;
};

// Collections, points and snapshots of a small server that keeps everything in a map and searches
// by comparing with every vector. True to the contract as far as the client can see, and faults can
// be ordered.
//
// Thread safety: safe.
class FakeStore {
 public:
  grpc::Status Create(const v1::CreateCollectionRequest& request, v1::Collection& response);
  grpc::Status Describe(const std::string& name, v1::Collection& response);
  void List(const v1::ListCollectionsRequest& request, v1::ListCollectionsResponse& response);
  grpc::Status Drop(const v1::DeleteCollectionRequest& request);
  grpc::Status Stats(const std::string& name, v1::CollectionStats& response);

  grpc::Status Upsert(const v1::UpsertRequest& request, v1::WriteResponse& response);
  // By id only.
  grpc::Status UpdatePayload(const v1::UpdatePayloadRequest& request, v1::WriteResponse& response);
  grpc::Status Delete(const v1::DeleteRequest& request, v1::WriteResponse& response);
  grpc::Status Get(const v1::GetRequest& request, v1::GetResponse& response);
  grpc::Status Count(const v1::CountRequest& request, v1::CountResponse& response);
  grpc::Status Scroll(const v1::ScrollRequest& request, v1::ScrollResponse& response);
  grpc::Status Search(const v1::SearchRequest& request, v1::SearchResponse& response);

  // Called COLLECTION-20261126T121730Z-0000000N, counted from 1.
  grpc::Status Save(const std::string& collection, v1::Snapshot& response);
  void ListSnapshots(const v1::ListSnapshotsRequest& request, v1::ListSnapshotsResponse& response);
  grpc::Status DescribeSnapshot(const std::string& name, v1::Snapshot& response);
  grpc::Status DeleteSnapshot(const v1::DeleteSnapshotRequest& request);
  grpc::Status Restore(const v1::RestoreSnapshotRequest& request, v1::Collection& response);
  // From now on it cannot be read.
  void DamageSnapshot(const std::string& name);

  // The next `count` upserts fail with `status` and write nothing.
  void FailUpserts(int count, const grpc::Status& status);
  // Every upsert fails with `status` once `points` points are stored.
  void FailUpsertsFrom(size_t points, const grpc::Status& status);
  // What more queries than these at once find is too much for one answer.
  void LimitAnswers(uint32_t queries) { most_queries_ = queries; }
  uint32_t most_queries() const { return most_queries_; }
  // The largest upsert so far.
  uint64_t most_points_in_upsert() const;
  // Encoding of the vectors of the last upsert.
  v1::Vector::Encoding last_encoding() const;

 private:
  FakeCollection* Find(const std::string& name) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  grpc::Status UpsertFault(const FakeCollection& collection) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  std::atomic<uint32_t> most_queries_{UINT32_MAX};
  mutable absl::Mutex mutex_;
  std::map<std::string, FakeCollection> collections_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, FakeSnapshot> snapshots_ ABSL_GUARDED_BY(mutex_);
  int snapshots_made_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t sequence_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t most_points_in_upsert_ ABSL_GUARDED_BY(mutex_) = 0;
  v1::Vector::Encoding last_encoding_ ABSL_GUARDED_BY(mutex_) = v1::Vector::ENCODING_UNSPECIFIED;
  int failing_upserts_ ABSL_GUARDED_BY(mutex_) = 0;
  grpc::Status upsert_fault_ ABSL_GUARDED_BY(mutex_);
  size_t fail_from_points_ ABSL_GUARDED_BY(mutex_) = SIZE_MAX;
  grpc::Status fail_from_fault_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace nestor::testing

#endif  // NESTOR_TESTS_CLIENT_FAKE_STORE_H_
