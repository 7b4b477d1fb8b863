#include "engine/data_check.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "engine/collection_spec.h"
#include "engine/segment_file.h"
#include "storage/status_macros.h"

namespace nestor {
namespace {

constexpr size_t kBatchRows = 1024;  // read together

// The problems of one collection.
class Problems {
 public:
  Problems(std::string collection, DataReport* report)
      : collection_(std::move(collection)), report_(report) {}
  ~Problems() {
    if (count_ <= kMaxProblems) return;
    Say(absl::StrCat(count_ - kMaxProblems, " more problems"));
  }
  Problems(const Problems&) = delete;
  Problems& operator=(const Problems&) = delete;

  void Add(absl::string_view problem) {
    if (++count_ <= kMaxProblems) Say(problem);
  }
  void Add(const absl::Status& status) {
    if (!status.ok()) Add(status.message());
  }
  size_t count() const { return count_; }

 private:
  void Say(absl::string_view problem) {
    report_->problems.push_back(absl::StrCat("collection '", collection_, "': ", problem));
  }

  const std::string collection_;
  DataReport* const report_;
  size_t count_ = 0;
};

// One collection of a store, against its own rules and against its files.
class CollectionCheck {
 public:
  CollectionCheck(const StoreSnapshot& snapshot, const ResolvedSpec& spec,
                  const CheckedFiles* files, absl::Time now, DataReport* report)
      : snapshot_(snapshot),
        spec_(spec),
        files_(files),
        now_us_(absl::ToUnixMicros(now)),
        problems_(spec.name, report) {}

  // The collection in one line.
  std::string Run() {
    const absl::Status status = CheckStore();
    problems_.Add(status);
    problems_.Add(ReadManifest());
    ReadSegments();
    if (status.ok()) CheckSegmentRows();
    return absl::StrCat("collection '", spec_.name, "': ", live_.size(), " points of ", spec_.dims,
                        " dims, ", expiring_, " of them expire, ", tombstones_.size(),
                        " tombstones, ", manifest_.files_size(), " segment files, ",
                        problems_.count() == 0 ? "healthy" : "NOT healthy");
  }

 private:
  bool IsLive(Row row) const { return std::binary_search(live_.begin(), live_.end(), row); }

  // Each step relies on those before it.
  absl::Status CheckStore() {
    NESTOR_RETURN_IF_ERROR(ReadApplied());
    NESTOR_RETURN_IF_ERROR(CheckPoints());
    NESTOR_RETURN_IF_ERROR(CheckIds());
    NESTOR_RETURN_IF_ERROR(CheckExpiries());
    return CheckTombstones();
  }

  absl::Status ReadApplied() {
    NESTOR_ASSIGN_OR_RETURN(applied_, snapshot_.Applied(spec_.number));
    return absl::OkStatus();
  }

  absl::Status CheckPoints() {
    std::vector<Row> batch;
    absl::Status payloads;
    const auto read_payloads = [&] {
      std::vector<std::string> unused;
      payloads = snapshot_.ReadPayloads(spec_.number, batch, &unused);
      problems_.Add(payloads);
      batch.clear();
    };
    NESTOR_RETURN_IF_ERROR(snapshot_.ScanPoints(
        spec_.number, NextRow(kNoRow), Row{~uint64_t{0}}, [&](const StoredPoint& point) {
          live_.push_back(point.row);
          if (point.vector.size() != spec_.dims * sizeof(float)) {
            problems_.Add(absl::StrCat("row ", ToNumber(point.row), " has a vector of ",
                                       point.vector.size(), " bytes"));
          }
          if (ToNumber(point.sequence) > applied_.sequence()) {
            problems_.Add(
                absl::StrCat("row ", ToNumber(point.row), " is newer than the last write"));
          }
          batch.push_back(point.row);
          if (batch.size() == kBatchRows) read_payloads();
          return true;
        }));
    read_payloads();
    if (!live_.empty() && ToNumber(live_.back()) >= applied_.next_row()) {
      problems_.Add(absl::StrCat("row ", ToNumber(live_.back()), " was never given out"));
    }
    return absl::OkStatus();
  }

  // With as many ids as points, each of which leads to a point of that id, every point has one.
  absl::Status CheckIds() {
    size_t ids = 0;
    std::vector<std::pair<PointId, Row>> batch;
    absl::Status read;
    const auto check_batch = [&] {
      read = CheckRowsOfIds(batch);
      batch.clear();
      return read.ok();
    };
    NESTOR_RETURN_IF_ERROR(
        snapshot_.ScanIds(spec_.number, PointId(), [&](const PointId& id, Row row) {
          ++ids;
          batch.emplace_back(id, row);
          return batch.size() < kBatchRows || check_batch();
        }));
    NESTOR_RETURN_IF_ERROR(read);
    check_batch();
    NESTOR_RETURN_IF_ERROR(read);
    if (ids != live_.size()) {
      problems_.Add(absl::StrCat(ids, " ids lead to ", live_.size(), " points"));
    }
    return absl::OkStatus();
  }

  absl::Status CheckRowsOfIds(const std::vector<std::pair<PointId, Row>>& ids) {
    std::vector<Row> rows;
    rows.reserve(ids.size());
    for (const auto& [id, row] : ids) rows.push_back(row);
    return snapshot_.ReadPoints(spec_.number, rows, [&](size_t i, const StoredPoint* point) {
      if (point != nullptr && point->id == ids[i].first.encoded()) return;
      problems_.Add(absl::StrCat("id '", ids[i].first.ToString(), "' leads to row ",
                                 ToNumber(rows[i]), ", which ",
                                 point == nullptr ? "is not there" : "has another id"));
    });
  }

  absl::Status CheckExpiries() {
    return snapshot_.ScanExpiries(spec_.number, [&](Row row, int64_t expire_us) {
      ++expiring_;
      if (expire_us <= now_us_) expired_.insert(row);
      if (!IsLive(row)) {
        problems_.Add(absl::StrCat("row ", ToNumber(row), " expires, and is not there"));
      }
      return true;
    });
  }

  absl::Status CheckTombstones() {
    return snapshot_.ScanTombstones(spec_.number, [&](Row row) {
      tombstones_.push_back(row);
      if (IsLive(row)) problems_.Add(absl::StrCat("row ", ToNumber(row), " is dead and alive"));
      return true;
    });
  }

  absl::Status ReadManifest() {
    NESTOR_ASSIGN_OR_RETURN(manifest_, snapshot_.Manifest(spec_.number));
    return absl::OkStatus();
  }

  void ReadSegments() {
    for (const storage::ManifestRecord::File& file : manifest_.files()) {
      if (files_ == nullptr) {
        files_lost_ = true;
        problems_.Add(absl::StrCat("there is no file ", file.name()));
        continue;
      }
      const auto segment = ReadSegment(spec_, *files_, file.name(), file.crc());
      if (segment.ok()) {
        const std::vector<Row>& rows = (*segment)->rows;
        segment_rows_.insert(segment_rows_.end(), rows.begin(), rows.end());
      } else {
        files_lost_ = true;
        problems_.Add(segment.status());
      }
    }
    std::sort(segment_rows_.begin(), segment_rows_.end());
  }

  void CheckSegmentRows() {
    const auto twice = std::adjacent_find(segment_rows_.begin(), segment_rows_.end());
    if (twice != segment_rows_.end()) {
      problems_.Add(absl::StrCat("row ", ToNumber(*twice), " is in two segment files"));
    }
    for (const Row row : segment_rows_) {
      if (IsLive(row) || std::binary_search(tombstones_.begin(), tombstones_.end(), row)) continue;
      problems_.Add(
          absl::StrCat("row ", ToNumber(row), " of a segment file is dead without a tombstone"));
    }
    if (files_lost_) return;  // that has been said
    for (const Row row : live_) {
      if (ToNumber(row) >= manifest_.watermark()) break;
      if (std::binary_search(segment_rows_.begin(), segment_rows_.end(), row)) continue;
      if (expired_.contains(row)) continue;  // a merge leaves them out
      problems_.Add(absl::StrCat("row ", ToNumber(row), " is in no segment file"));
    }
  }

  const StoreSnapshot& snapshot_;
  const ResolvedSpec& spec_;
  const CheckedFiles* const files_;
  const int64_t now_us_;
  Problems problems_;

  storage::AppliedRecord applied_;
  storage::ManifestRecord manifest_;
  std::vector<Row> live_;  // ascending, as are the next two
  std::vector<Row> tombstones_;
  std::vector<Row> segment_rows_;  // of all files
  size_t expiring_ = 0;
  absl::flat_hash_set<Row> expired_;
  bool files_lost_ = false;
};

}  // namespace

DataReport CheckData(const PointStore& store, const CheckedFiles* files, absl::Time now) {
  DataReport report;
  if (const absl::Status status = store.VerifyFiles(); !status.ok()) {
    report.problems.emplace_back(status.message());
  }
  const std::unique_ptr<StoreSnapshot> snapshot = store.GetSnapshot();
  const absl::StatusOr<std::vector<storage::CollectionRecord>> records =
      snapshot->ListCollections();
  if (!records.ok()) {
    report.problems.emplace_back(records.status().message());
    return report;
  }
  for (const storage::CollectionRecord& record : *records) {
    const ResolvedSpec spec = FromRecord(record);
    report.facts.push_back(CollectionCheck(*snapshot, spec, files, now, &report).Run());
  }
  const absl::StatusOr<std::vector<storage::CollectionRecord>> restoring =
      snapshot->ListRestoring();
  if (!restoring.ok()) report.problems.emplace_back(restoring.status().message());
  if (restoring.ok() && !restoring->empty()) {
    report.facts.push_back(absl::StrCat(restoring->size(), " restores were cut short; the next ",
                                        "start removes what there is of them"));
  }
  if (files == nullptr) return report;
  const absl::StatusOr<std::vector<std::string>> damaged = files->ListSetAside();
  if (!damaged.ok()) report.problems.emplace_back(damaged.status().message());
  if (damaged.ok() && !damaged->empty()) {
    report.facts.push_back(
        absl::StrCat(damaged->size(), " damaged segment files were set aside by earlier starts"));
  }
  return report;
}

}  // namespace nestor
