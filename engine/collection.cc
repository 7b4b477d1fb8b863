#include "engine/collection.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/calibrator.h"
#include "engine/disk_room.h"
#include "engine/limits.h"
#include "engine/payload_indexing.h"
#include "engine/prefix_choice.h"
#include "engine/retry_later.h"
#include "engine/search_arena.h"
#include "storage/crash_point.h"
#include "storage/status_macros.h"

namespace nestor {
namespace {

// Sealed deltas that may wait for their segments before writers are told to slow down.
constexpr size_t kMaxSealedDeltas = 8;
// What they are then told to wait.
constexpr absl::Duration kSealDelay = absl::Milliseconds(100);
// And while the store is behind with its own work.
constexpr absl::Duration kStoreDelay = absl::Milliseconds(250);

size_t CostOf(absl::Span<const UpsertItem> items) {
  size_t cost = 0;
  for (const UpsertItem& item : items) {
    cost += item.vector.size() * sizeof(float) + item.payload.size() + item.id.encoded().size();
  }
  return cost;
}

bool PayloadWorkIsDue(const View& view) {
  return std::any_of(
      view.segments.begin(), view.segments.end(),
      [&](const View::SegmentPart& part) { return PayloadIndexIsDue(part, *view.schema); });
}

}  // namespace

Collection::Collection(ResolvedSpec spec, CollectionEnv env, View view,
                       std::shared_ptr<Delta> active)
    : spec_(std::move(spec)),
      env_(std::move(env)),
      active_(std::move(active)),
      view_(std::make_shared<const View>(std::move(view))),
      queries_(kCalibrationQueries, spec_.dims),
      audit_(env_.audit_share) {}

CollectionSpec Collection::CurrentSpec() const {
  CollectionSpec spec = spec_.requested;
  spec.payload_indexes = *view()->schema;
  return spec;
}

absl::StatusOr<WriteResult> Collection::Upsert(absl::Span<const UpsertItem> items, WriteMode mode) {
  NESTOR_RETURN_IF_ERROR(CheckRoom(env_.disk_used()));
  if (const size_t deltas = view()->deltas.size(); deltas > 1 + kMaxSealedDeltas) {
    return RetryLaterError(absl::StrCat("collection '", spec_.name, "': ", deltas - 1,
                                        " full deltas wait for indexing, the limit is ",
                                        kMaxSealedDeltas, "; retry later"),
                           kSealDelay);
  }
  PendingWrite write{.kind = PendingWrite::Kind::kUpsert, .upserts = items, .mode = mode};
  NESTOR_RETURN_IF_ERROR(Commit(&write, CostOf(items)));
  return std::move(write.result);
}

absl::StatusOr<WriteResult> Collection::Delete(absl::Span<const PointId> ids) {
  PendingWrite write{.kind = PendingWrite::Kind::kDelete, .ids = ids};
  NESTOR_RETURN_IF_ERROR(Commit(&write, ids.size() * kMaxIdBytes));
  return std::move(write.result);
}

absl::StatusOr<WriteResult> Collection::Update(absl::Span<const PointId> ids,
                                               const PointUpdate& update) {
  WriteResult total;
  for (size_t begin = 0; begin < ids.size(); begin += kUpdateBatch) {
    NESTOR_RETURN_IF_ERROR(CheckRoomFor(update));
    PendingWrite write{.kind = PendingWrite::Kind::kUpdate,
                       .ids = ids.subspan(begin, kUpdateBatch),
                       .update = &update};
    NESTOR_RETURN_IF_ERROR(Commit(&write, write.ids.size() * kMaxPayloadBytes));
    total.Add(write.result, begin);
  }
  return total;
}

absl::Status Collection::CheckRoomFor(const PointUpdate& update) const {
  return update.payload.set.fields_size() > 0 ? CheckRoom(env_.disk_used()) : absl::OkStatus();
}

absl::Status Collection::ChangeSchema(const SchemaChange& change) {
  PendingWrite write{.kind = PendingWrite::Kind::kChangeSchema, .schema = change};
  NESTOR_RETURN_IF_ERROR(Commit(&write, 0));
  env_.work_due();
  return absl::OkStatus();
}

absl::StatusOr<Sequence> Collection::SealWrites() {
  PendingWrite write{.kind = PendingWrite::Kind::kSeal};
  NESTOR_RETURN_IF_ERROR(Commit(&write, 0));
  return write.result.sequence;
}

absl::Status Collection::RefreshSnapshot() {
  PendingWrite write{.kind = PendingWrite::Kind::kRefresh};
  return Commit(&write, 0);
}

void Collection::Close() {
  PendingWrite write{.kind = PendingWrite::Kind::kClose};
  (void)Commit(&write, 0);  // closing a closed collection changes nothing
}

absl::Status Collection::Commit(PendingWrite* write, size_t cost) {
  queue_.Run(write, cost, [this](absl::Span<PendingWrite* const> group) { CommitGroup(group); });
  return write->status;
}

void Collection::CommitGroup(absl::Span<PendingWrite* const> group) {
  std::vector<PendingWrite*> open;
  for (PendingWrite* write : group) {
    if (closed_) {
      write->status = absl::NotFoundError(absl::StrCat("collection '", spec_.name, "' is closed"));
    } else {
      open.push_back(write);
      if (write->kind == PendingWrite::Kind::kClose) {
        closed_ = true;
        InterruptSettling();
      }
    }
  }
  if (open.empty()) return;  // the view stays what it was when the collection was closed
  const absl::Status status = CommitRecords(open);
  if (status.ok()) return;
  for (PendingWrite* write : open) write->status = status;
}

absl::Status Collection::CommitRecords(absl::Span<PendingWrite* const> group) {
  const std::shared_ptr<const View> before = view();
  const absl::Time now = env_.clock();
  RecordBuilder builder(spec_, *before, now);
  NESTOR_RETURN_IF_ERROR(builder.Read(group));
  for (PendingWrite* write : group) builder.Add(write);
  if (!builder.records().empty()) {
    ReachCrashPoint(CrashPoint::kBeforeCommit);
    const absl::Status status = env_.store.Apply(builder.records());
    if (absl::IsResourceExhausted(status)) return RetryLaterError(status.message(), kStoreDelay);
    NESTOR_RETURN_IF_ERROR(status);
    ReachCrashPoint(CrashPoint::kAfterCommit);
  }
  PublishGroup(builder.records(), group, now);
  ReachCrashPoint(CrashPoint::kAfterPublish);
  return absl::OkStatus();
}

void Collection::PublishGroup(absl::Span<const storage::CommitRecord> records,
                              absl::Span<PendingWrite* const> group, absl::Time now) {
  const bool seal = std::any_of(group.begin(), group.end(), [](const PendingWrite* write) {
    return write->kind == PendingWrite::Kind::kSeal;
  });
  const bool patched = std::any_of(
      records.begin(), records.end(),
      [](const storage::CommitRecord& record) { return !record.write().payload_puts().empty(); });
  std::shared_ptr<const StoreSnapshot> snapshot = env_.store.GetSnapshot();
  bool work = false;
  {
    absl::MutexLock lock(&publish_mu_);
    auto next = std::make_shared<View>(*view_.Load());
    const std::vector<Row> without_part = ApplyToView(spec_, records, now, next.get(), &active_);
    unheld_.insert(unheld_.end(), without_part.begin(), without_part.end());
    if (seal) SealDelta(spec_, next.get(), &active_);
    next->snapshot = std::move(snapshot);
    work = next->deltas.size() > 1 || (patched && PayloadWorkIsDue(*next));
    view_.Store(std::move(next));
  }
  if (work) env_.work_due();
}

absl::Status Collection::Search(const SearchRequest& request, StopCheck stop,
                                SearchResult* result) const {
  SearchTask task{&request, stop, result, absl::OkStatus()};
  Search(absl::MakeSpan(&task, 1));
  return task.status;
}

void Collection::Search(absl::Span<SearchTask> tasks) const {
  if (tasks.empty()) return;
  SearchArena& arena = SearchArena::OfThread();
  const SearchArena::Scope scope(arena);
  const std::shared_ptr<const View> view = this->view();
  // What all need is needed until the last one gives up.
  const auto all_stop = [tasks] {
    absl::Status status;
    for (const SearchTask& task : tasks) {
      status = task.stop();
      if (status.ok()) break;
    }
    return status;
  };
  const absl::StatusOr<LeftOut> left_out =
      FindLeftOut(*view, spec_, tasks[0].request->filter, all_stop, env_.clock, &arena);
  if (!left_out.ok()) {
    for (SearchTask& task : tasks) task.status = left_out.status();
    return;
  }
  SearchTogether(*view, spec_, *left_out, env_.clock, tasks, &arena);
  for (const SearchTask& task : tasks) {
    if (task.status.ok()) NoteSearch(*task.request, *task.result);
  }
}

absl::Status Collection::SearchBatch(const SearchRequest& common,
                                     absl::Span<const absl::Span<const float>> queries,
                                     StopCheck stop, ResultVisitor visit) const {
  SearchArena& arena = SearchArena::OfThread();
  const SearchArena::Scope scope(arena);
  const std::shared_ptr<const View> view = this->view();
  NESTOR_ASSIGN_OR_RETURN(const LeftOut left_out,
                          FindLeftOut(*view, spec_, common.filter, stop, env_.clock, &arena));
  const size_t most = std::min(kMostTogether, queries.size());
  std::vector<SearchRequest> requests(most, common);
  std::vector<SearchResult> results(most);
  for (size_t first = 0; first < queries.size(); first += most) {
    const SearchArena::Scope group(arena);
    std::pmr::vector<SearchTask> tasks(&arena);
    tasks.reserve(most);
    for (size_t i = 0; i < most && first + i < queries.size(); ++i) {
      requests[i].vector = queries[first + i];
      tasks.push_back({&requests[i], stop, &results[i], absl::OkStatus()});
    }
    SearchTogether(*view, spec_, left_out, env_.clock, absl::MakeSpan(tasks), &arena);
    for (size_t i = 0; i < tasks.size(); ++i) {
      NESTOR_RETURN_IF_ERROR(tasks[i].status);
      NoteSearch(requests[i], results[i]);
      NESTOR_RETURN_IF_ERROR(visit(first + i, results[i]));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::optional<FoundPoint>>> Collection::Get(
    absl::Span<const PointId> ids, const Select& select) const {
  const std::shared_ptr<const View> view = this->view();
  std::vector<Row> rows;
  NESTOR_RETURN_IF_ERROR(view->snapshot->FindRows(spec_.number, ids, &rows));
  const absl::Time now = env_.clock();
  for (Row& row : rows) {
    if (view->IsExpired(row, now)) row = kNoRow;
  }
  return ReadRows(*view, rows, select);
}

absl::StatusOr<std::vector<std::optional<FoundPoint>>> Collection::ReadRows(
    const View& view, absl::Span<const Row> rows, const Select& select) const {
  std::vector<std::optional<FoundPoint>> points(rows.size());
  bool bad_id = false;
  NESTOR_RETURN_IF_ERROR(
      view.snapshot->ReadPoints(spec_.number, rows, [&](size_t i, const StoredPoint* stored) {
        if (stored == nullptr) return;
        FoundPoint& point = points[i].emplace();
        bad_id |= !PointId::FromEncoded(stored->id, &point.id);
        point.version = stored->sequence;
        point.expire_time = FromExpireTime(view.expiries->Find(rows[i]));
        if (select.vector) {
          point.vector =
              SelectPrefix(spec_.metric, DecodeVector(stored->vector), select.vector_dims);
        }
      }));
  if (bad_id) {
    return absl::DataLossError(
        absl::StrCat("collection '", spec_.name, "': a stored id is malformed"));
  }
  if (!select.payload) return points;
  std::vector<std::string> payloads;
  NESTOR_RETURN_IF_ERROR(view.snapshot->ReadPayloads(spec_.number, rows, &payloads));
  for (size_t i = 0; i < points.size(); ++i) {
    if (points[i]) points[i]->payload = std::move(payloads[i]);
  }
  return points;
}

CollectionStats Collection::Stats() const {
  const std::shared_ptr<const View> view = this->view();
  CollectionStats stats;
  stats.points = view->live_points();
  stats.dead_rows = view->dead_rows();
  stats.durable_sequence = view->sequence;
  stats.indexed_sequence = view->indexed_sequence();
  stats.unindexed_points = view->unindexed_points();
  std::vector<bool> complete;
  for (size_t part = 0; part < view->part_count(); ++part) complete.push_back(view->complete(part));
  for (const View::Place place : view->ExpiredAndNotMarked(env_.clock())) {
    --stats.points;
    ++stats.dead_rows;
    if (!complete[place.part]) --stats.unindexed_points;
  }
  stats.segments = static_cast<uint32_t>(view->segments.size());
  for (const View::SegmentPart& part : view->segments) {
    stats.index_bytes += part.segment->index->MemoryBytes();
    stats.payload_index_bytes += part.payloads->MemoryBytes();
    stats.rerank_tier_bytes += part.segment->tier->MemoryBytes();
    stats.rerank_tier_mapped_bytes += part.segment->tier->MappedBytes();
    const PointRecords* const records = part.segment->records.get();
    if (records != nullptr) stats.point_record_mapped_bytes += records->MappedBytes();
  }
  const std::shared_ptr<const PrefixCoder> coder = CurrentCoder(spec_, *view);
  stats.prefix_code = coder->format();
  stats.basis_version = coder->basis() == nullptr ? 0 : coder->basis()->version();
  stats.calibration = view->calibration;
  stats.calibration_holds = view->valid_calibration(stats.prefix_code) != nullptr;
  stats.audit = audit_.figures();
  stats.disk_bytes = env_.store.DiskBytes(spec_.number);
  return stats;
}

}  // namespace nestor
