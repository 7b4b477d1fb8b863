#include "engine/recovery.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "engine/manifest.h"
#include "engine/prefix_choice.h"
#include "engine/search.h"
#include "engine/segment_file.h"
#include "storage/crash_point.h"
#include "storage/status_macros.h"

namespace nestor {
namespace {

// Rows of one segment made from the store: large enough for few scans, small enough to start
// merging early.
constexpr size_t kRecoveredSegmentRows = 131072;
constexpr size_t kRecoveredSegmentBytes = size_t{256} << 20;

constexpr absl::Duration kProgressInterval = absl::Seconds(2);
constexpr size_t kRowsBetweenLooks = 4096;  // at the clock

// Says now and then how far it is.
class Progress {
 public:
  Progress(const ResolvedSpec& spec, const Clock& clock,
           absl::FunctionRef<void(absl::string_view)> report)
      : name_(spec.name), clock_(clock), report_(report), last_(clock()) {}

  void At(size_t done, size_t all, absl::string_view what) {
    const absl::Time now = clock_();
    if (now - last_ < kProgressInterval) return;
    last_ = now;
    report_(absl::StrCat("collection '", name_, "': ", done, " of ", all, " ", what));
  }

 private:
  const std::string name_;
  const Clock& clock_;
  const absl::FunctionRef<void(absl::string_view)> report_;
  absl::Time last_;
};

size_t RecoveredSegmentRows(const ResolvedSpec& spec) {
  return std::min(kRecoveredSegmentRows, kRecoveredSegmentBytes / (spec.dims * sizeof(float)));
}

void AddPart(std::shared_ptr<const Segment> segment, View::Kept kept, View* view) {
  View::SegmentPart& part = view->segments.emplace_back();
  part.dead = std::make_shared<const RowBitmap>(segment->rows.size());
  part.segment = std::move(segment);
  part.kept = std::make_shared<const View::Kept>(std::move(kept));
}

// A row of `segment` that another segment has, or that the store has not handed out: then it is not
// of this state of the store. kNoRow if there is none.
Row ForeignRow(const Segment& segment, const View& view) {
  for (const Row row : segment.rows) {
    if (row >= view.next_row || view.Find(row)) return row;
  }
  return kNoRow;
}

absl::StatusOr<std::shared_ptr<const Segment>> ReadOne(const ResolvedSpec& spec,
                                                       const CheckedFiles& files,
                                                       const storage::ManifestRecord::File& file,
                                                       const View& view) {
  NESTOR_ASSIGN_OR_RETURN(std::shared_ptr<const Segment> segment,
                          ReadSegment(spec, files, file.name(), file.crc()));
  const Row foreign = ForeignRow(*segment, view);
  if (foreign == kNoRow) return segment;
  return absl::DataLossError(absl::StrCat(files.PathOf(file.name()), " is damaged: it has row ",
                                          ToNumber(foreign), ", which is not its own"));
}

bool IsFileOf(const ResolvedSpec& spec, absl::string_view name, uint64_t* file) {
  CollectionNumber collection{};
  return ParseSegmentFileName(name, &collection, file) && collection == spec.number;
}

// The segments that files hold.
absl::Status ReadFiles(const ResolvedSpec& spec, const CheckedFiles& files,
                       const storage::ManifestRecord& manifest, Progress* progress,
                       absl::FunctionRef<void(absl::string_view)> lost, RecoveredView* recovered) {
  for (int i = 0; i < manifest.files_size(); ++i) {
    progress->At(static_cast<size_t>(i), static_cast<size_t>(manifest.files_size()),
                 "segment files read");
    const storage::ManifestRecord::File& file = manifest.files(i);
    absl::StatusOr<std::shared_ptr<const Segment>> segment =
        absl::NotFoundError(absl::StrCat("no segment has the name '", file.name(), "'"));
    uint64_t number = 0;
    if (IsFileOf(spec, file.name(), &number)) segment = ReadOne(spec, files, file, recovered->view);
    if (segment.ok()) {
      recovered->files.push_back(file.name());
      AddPart(*std::move(segment), {.files = {file}}, &recovered->view);
      continue;
    }
    // The rows would take no less memory.
    if (absl::IsResourceExhausted(segment.status())) return segment.status();
    recovered->files_lost = true;
    // Where even that fails, RemoveUnnamed has another try.
    if (!absl::IsNotFound(segment.status())) (void)files.SetAside(file.name());
    lost(absl::StrCat("collection '", spec.name,
                      "': its rows are read from the store instead: ", segment.status().message()));
  }
  return absl::OkStatus();
}

// Empty if it is damaged: then no file is believed.
absl::StatusOr<storage::ManifestRecord> ReadManifest(
    const ResolvedSpec& spec, const CheckedFiles* files,
    absl::FunctionRef<void(absl::string_view)> lost, RecoveredView* recovered) {
  absl::StatusOr<storage::ManifestRecord> manifest =
      recovered->view.snapshot->Manifest(spec.number);
  if (!absl::IsDataLoss(manifest.status())) return manifest;
  lost(absl::StrCat("collection '", spec.name,
                    "': all rows are read from the store: ", manifest.status().message()));
  recovered->files_lost = true;
  storage::ManifestRecord none;
  if (files == nullptr) return none;
  NESTOR_ASSIGN_OR_RETURN(const std::vector<std::string> names, files->List());
  for (const std::string& name : names) {
    uint64_t number = 0;
    if (IsFileOf(spec, name, &number)) {
      none.set_next_file(std::max(none.next_file(), number + 1));
    }
  }
  return none;
}

// The rows from `first` on that no segment has yet, into segments that are searched by scanning.
absl::Status ReadRows(const ResolvedSpec& spec, Row first, Progress* progress, View* view) {
  const uint32_t dims = spec.dims;
  const size_t segment_rows = RecoveredSegmentRows(spec);
  const size_t from_files = view->segments.size();
  std::unique_ptr<SegmentBuilder> builder;  // made with its first row
  absl::Status bad_row;
  const auto flush = [&] {
    if (builder == nullptr) return;
    std::shared_ptr<const Segment> segment = std::move(*builder).Finish();
    const Row first_row = segment->rows.front();
    AddPart(std::move(segment), {.first_uncovered = first_row}, view);
    builder = nullptr;
  };
  const auto is_in_a_file = [&](Row row) {
    return std::any_of(
        view->segments.begin(), view->segments.begin() + static_cast<ptrdiff_t>(from_files),
        [row](const View::SegmentPart& part) { return part.segment->Find(row).has_value(); });
  };
  size_t visited = 0;
  NESTOR_RETURN_IF_ERROR(
      view->snapshot->ScanPoints(spec.number, first, view->next_row, [&](const StoredPoint& point) {
        if (++visited % kRowsBetweenLooks == 0) {
          progress->At(ToNumber(point.row) - ToNumber(first),
                       ToNumber(view->next_row) - ToNumber(first), "rows looked through");
        }
        if (is_in_a_file(point.row)) return true;
        const std::vector<float> vector = DecodeVector(point.vector);
        if (vector.size() != dims) {
          bad_row = absl::DataLossError(absl::StrCat("collection '", spec.name, "' row ",
                                                     ToNumber(point.row), " has ", vector.size(),
                                                     " dims, not ", dims));
          return false;
        }
        if (builder == nullptr) {
          builder = std::make_unique<SegmentBuilder>(spec, CurrentCoder(spec, *view), segment_rows);
        }
        builder->Append(point.row, point.sequence, vector.data());
        if (builder->size() == segment_rows) flush();
        return true;
      }));
  NESTOR_RETURN_IF_ERROR(bad_row);
  flush();
  return absl::OkStatus();
}

// Rows of files that died since the files were written.
absl::Status MarkTombstones(const ResolvedSpec& spec, RecoveredView* recovered) {
  DeadMarker marker(&recovered->view);
  return recovered->view.snapshot->ScanTombstones(spec.number, [&](Row row) {
    if (!marker.Mark(row)) recovered->forgettable.push_back(row);
    return true;
  });
}

// Also of rows that no segment has: those were expired, and a merge left them behind.
absl::Status ReadExpiries(const ResolvedSpec& spec, View* view) {
  ExpiryChanges expiries;
  NESTOR_RETURN_IF_ERROR(view->snapshot->ScanExpiries(spec.number, [&](Row row, int64_t expire_us) {
    expiries[row] = expire_us;
    return true;
  }));
  view->expiries = std::make_shared<const ExpiryTable>(ExpiryTable().With(expiries));
  return absl::OkStatus();
}

void RemoveUnnamed(const ResolvedSpec& spec, const CheckedFiles& files,
                   const std::vector<std::string>& named) {
  const absl::StatusOr<std::vector<std::string>> names = files.List();
  if (!names.ok()) return;  // they only take space, until the next start
  const absl::flat_hash_set<std::string> keep(named.begin(), named.end());
  for (const std::string& name : *names) {
    uint64_t number = 0;
    if (IsFileOf(spec, name, &number) && !keep.contains(name)) (void)files.Remove(name);
  }
}

}  // namespace

absl::StatusOr<RecoveredView> RecoverView(const ResolvedSpec& spec, const PointStore& store,
                                          const CheckedFiles* files, const Clock& clock,
                                          absl::FunctionRef<void(absl::string_view)> report,
                                          absl::FunctionRef<void(absl::string_view)> lost) {
  RecoveredView recovered;
  Progress progress(spec, clock, report);
  View& view = recovered.view;
  view.snapshot = store.GetSnapshot();
  NESTOR_ASSIGN_OR_RETURN(const storage::AppliedRecord applied,
                          view.snapshot->Applied(spec.number));
  view.sequence = Sequence{applied.sequence()};
  view.schema = std::make_shared<const PayloadSchema>(spec.payload_indexes);
  view.next_row = std::max(NextRow(kNoRow), Row{applied.next_row()});
  NESTOR_ASSIGN_OR_RETURN(const storage::ManifestRecord manifest,
                          ReadManifest(spec, files, lost, &recovered));
  recovered.next_file = std::max<uint64_t>(1, manifest.next_file());
  if (const auto calibration = FromRecord(manifest.calibration(), spec.metric)) {
    view.calibration = std::make_shared<const Calibration>(*calibration);
    view.calibration_is_void = manifest.calibration_is_void();
  }
  if (files != nullptr) {
    NESTOR_RETURN_IF_ERROR(ReadFiles(spec, *files, manifest, &progress, lost, &recovered));
    RemoveUnnamed(spec, *files, recovered.files);
  } else {
    recovered.files_lost |= manifest.files_size() > 0;
  }
  ReachCrashPoint(CrashPoint::kAfterRecoverFiles);
  const Row first = recovered.files_lost ? NextRow(kNoRow) : Row{manifest.watermark()};
  NESTOR_RETURN_IF_ERROR(ReadRows(spec, first, &progress, &view));
  ReachCrashPoint(CrashPoint::kAfterRecoverRows);
  NESTOR_RETURN_IF_ERROR(MarkTombstones(spec, &recovered));
  NESTOR_RETURN_IF_ERROR(ReadExpiries(spec, &view));
  MarkExpired(clock(), &view);
  return recovered;
}

}  // namespace nestor
