#ifndef NESTOR_ENGINE_LIMITS_H_
#define NESTOR_ENGINE_LIMITS_H_

#include <cstddef>
#include <cstdint>

#include "absl/time/time.h"

// Every limit on what comes from outside, in one place. Error messages quote these numbers.

namespace nestor {

inline constexpr uint32_t kMaxDims = 16384;
// Of a collection whose transform is learnt: it takes the cube of them.
inline constexpr uint32_t kMaxTransformDims = 4096;
inline constexpr size_t kMaxCollectionNameBytes = 64;
inline constexpr size_t kMaxCollections = 1000;
inline constexpr size_t kMaxMatryoshkaDims = 32;
inline constexpr size_t kMaxLabels = 64;
inline constexpr size_t kMaxLabelBytes = 256;
inline constexpr absl::Duration kMaxTimeBudget = absl::Hours(1);
inline constexpr uint32_t kMinHnswM = 2;
inline constexpr uint32_t kMaxHnswM = 128;
inline constexpr uint32_t kMaxHnswEfConstruction = 4096;
inline constexpr uint32_t kMaxIvfLists = 65536;

inline constexpr uint32_t kMaxLimit = 1000;        // hits of one query
inline constexpr uint32_t kMaxOffset = 10000;      // hits skipped before them
inline constexpr uint32_t kMaxShortlist = 100000;  // candidates of an explicit plan
inline constexpr size_t kMaxStages = 8;
inline constexpr uint32_t kMaxBatchQueries = 1024;
inline constexpr float kLeastProbability = 0.5F;       // that a search has the recall asked for
inline constexpr uint32_t kMaxMeasuredQueries = 1000;  // of one MeasureRecall
inline constexpr uint32_t kDefaultMeasuredQueries = 200;
inline constexpr uint32_t kMaxBatchPoints = 10000;  // of one Upsert, Get or Delete
inline constexpr size_t kMaxItemErrors = 1000;      // of one write of several commits
inline constexpr size_t kUpdateBatch = 250;         // points of one commit, with their payloads
inline constexpr int kMaxPayloadFields = 64;        // named in one Select or removed by an update
inline constexpr size_t kMaxPayloadIndexes = 32;    // of a collection
inline constexpr size_t kMaxFieldPathBytes = 256;
inline constexpr size_t kMaxFilterDepth = 16;
inline constexpr size_t kMaxFilterValues = 10000;  // values, ids and operands, all together
// The largest norm of a vector: squares and sums of two such vectors stay within float32.
inline constexpr double kMaxNorm = 1e18;
inline constexpr size_t kMaxPayloadBytes = size_t{64} << 10;
inline constexpr size_t kMaxPayloadLevels = 30;  // objects and lists within each other, all counted
inline constexpr uint32_t kDefaultPage =
    100;  // of Scroll and ListCollections when the request says 0
inline constexpr uint32_t kMaxScrollPage = 1000;
inline constexpr uint32_t kMaxListPage = 1000;

// The share of the disk beyond which it takes no more points.
inline constexpr double kMaxDiskUsed = 0.95;

inline constexpr size_t kMaxSnapshots = 1000;
inline constexpr size_t kMaxSnapshotFiles = 100'000;  // of points, in one snapshot
inline constexpr size_t kMaxSnapshotManifestBytes = size_t{4} << 20;
inline constexpr size_t kMaxSnapshotFilePoints = 1'000'000;
inline constexpr size_t kMaxSnapshotFileBytes = size_t{128} << 20;  // all sections together

inline constexpr size_t kMaxMessageBytes = size_t{64} << 20;  // one gRPC message, either way
// Requests that wait for a thread, all together, as parsed.
inline constexpr size_t kMaxQueuedBytes = size_t{512} << 20;
// Requests and answers that the open streams hold, all together, when they stop reading; and what
// one of them reads ahead.
inline constexpr size_t kMaxStreamBytes = size_t{512} << 20;
inline constexpr size_t kStreamReadAheadBytes = size_t{4} << 20;

}  // namespace nestor

#endif  // NESTOR_ENGINE_LIMITS_H_
