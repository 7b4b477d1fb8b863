#include "engine/snapshot_writer.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/limits.h"
#include "engine/snapshot_manifest.h"
#include "engine/snapshot_points.h"
#include "storage/check.h"
#include "storage/status_macros.h"

namespace nestor {
namespace {

// When a file has that much, the next one begins.
constexpr size_t kFileBytes = size_t{64} << 20;
static_assert(kFileBytes + kMaxDims * sizeof(float) + kMaxPayloadBytes + 1024 <=
              kMaxSnapshotFileBytes);
// Points that are read from the store together.
constexpr size_t kReadPoints = 1024;
constexpr size_t kReadBytes = size_t{4} << 20;

size_t ReadBatch(uint32_t dims) {
  return std::clamp<size_t>(kReadBytes / (dims * sizeof(float)), 1, kReadPoints);
}

struct Batch {
  std::vector<PointId> ids;
  std::vector<Row> rows;
  std::vector<std::string> vectors;
  std::vector<std::string> payloads;
};

class Writer {
 public:
  Writer(const SnapshotSource& source, const CheckedFiles& files)
      : source_(source), files_(files), batch_points_(ReadBatch(source.spec.dims)) {}

  absl::Status WritePoints(StopCheck stop) {
    PointId after;
    for (bool more = true; more;) {
      NESTOR_RETURN_IF_ERROR(stop());
      Batch batch;
      NESTOR_ASSIGN_OR_RETURN(more, ReadIds(&after, &batch));
      NESTOR_RETURN_IF_ERROR(ReadPoints(&batch));
      NESTOR_RETURN_IF_ERROR(Append(batch));
    }
    return file_.points() > 0 ? Flush() : absl::OkStatus();
  }

  storage::SnapshotRecord record() && { return std::move(record_); }

 private:
  // The next ids after *after, which moves on; false if they are the last ones.
  absl::StatusOr<bool> ReadIds(PointId* after, Batch* batch) const {
    size_t scanned = 0;
    const PointId begin = *after;
    NESTOR_RETURN_IF_ERROR(
        source_.store->ScanIds(source_.spec.number, begin, [&](const PointId& id, Row row) {
          *after = id;
          const ExpireTime expire_us = source_.expiries->Find(row);
          if (!expire_us || *expire_us > source_.expired_until_us) {
            batch->ids.push_back(id);
            batch->rows.push_back(row);
          }
          return ++scanned < batch_points_;
        }));
    return scanned == batch_points_;
  }

  absl::Status ReadPoints(Batch* batch) const {
    batch->vectors.resize(batch->rows.size());
    absl::Status bad;
    NESTOR_RETURN_IF_ERROR(source_.store->ReadPoints(
        source_.spec.number, batch->rows, [&](size_t i, const StoredPoint* point) {
          if (point == nullptr || point->id != batch->ids[i].encoded() ||
              point->vector.size() != source_.spec.dims * sizeof(float)) {
            bad = absl::DataLossError(absl::StrCat("collection '", source_.spec.name, "' row ",
                                                   ToNumber(batch->rows[i]),
                                                   " is not the point that its id names"));
            return;
          }
          batch->vectors[i].assign(point->vector.data(), point->vector.size());
        }));
    NESTOR_RETURN_IF_ERROR(bad);
    return source_.store->ReadPayloads(source_.spec.number, batch->rows, &batch->payloads);
  }

  absl::Status Append(const Batch& batch) {
    for (size_t i = 0; i < batch.ids.size(); ++i) {
      file_.Append(batch.ids[i], batch.vectors[i], batch.payloads[i],
                   source_.expiries->Find(batch.rows[i]));
      if (file_.bytes() < kFileBytes && file_.points() < kMaxSnapshotFilePoints) continue;
      NESTOR_RETURN_IF_ERROR(Flush());
    }
    return absl::OkStatus();
  }

  absl::Status Flush() {
    const auto index = static_cast<size_t>(record_.files_size());
    if (index == kMaxSnapshotFiles) {
      return absl::ResourceExhaustedError(
          absl::StrCat("the snapshot would have more than ", kMaxSnapshotFiles, " files"));
    }
    storage::SnapshotRecord::File& file = *record_.add_files();
    file.set_points(file_.points());
    record_.set_points(record_.points() + file.points());
    NESTOR_ASSIGN_OR_RETURN(const uint32_t crc, file_.Write(files_, SnapshotPointsName(index)));
    file.set_crc(crc);
    return absl::OkStatus();
  }

  const SnapshotSource& source_;
  const CheckedFiles& files_;
  const size_t batch_points_;
  SnapshotPointsWriter file_;
  storage::SnapshotRecord record_;
};

}  // namespace

SnapshotSource::SnapshotSource(const ResolvedSpec& collection, const View& view, absl::Time moment)
    : spec(collection),
      store(view.snapshot),
      expiries(view.expiries),
      schema(*view.schema),
      sequence(view.sequence),
      now(moment),
      // What a commit has found expired stays so, even if the clock was set back.
      expired_until_us(std::max(absl::ToUnixMicros(moment), view.expired_until_us)) {}

absl::Status WriteSnapshot(const SnapshotSource& source, absl::string_view name,
                           const CheckedFiles& files, StopCheck stop) {
  Writer writer(source, files);
  NESTOR_RETURN_IF_ERROR(writer.WritePoints(stop));
  storage::SnapshotRecord record = std::move(writer).record();
  record.set_format(kSnapshotFormat);
  record.set_name(std::string(name));
  *record.mutable_collection() = ToRecord(source.spec, source.schema);
  record.mutable_collection()->clear_number();
  record.set_create_time_us(absl::ToUnixMicros(source.now));
  record.set_sequence(ToNumber(source.sequence));
  return WriteSnapshotManifest(record, files);
}

}  // namespace nestor
