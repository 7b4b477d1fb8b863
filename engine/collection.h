#ifndef NESTOR_ENGINE_COLLECTION_H_
#define NESTOR_ENGINE_COLLECTION_H_

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_set.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/types/span.h"
#include "engine/advisor.h"
#include "engine/collection_spec.h"
#include "engine/collection_writer.h"
#include "engine/commit_queue.h"
#include "engine/published.h"
#include "engine/query_reservoir.h"
#include "engine/query_sample.h"
#include "engine/recall_audit.h"
#include "engine/recall_report.h"
#include "engine/search.h"
#include "engine/search_types.h"
#include "engine/view.h"
#include "engine/write_types.h"
#include "storage/checked_file.h"
#include "storage/point_store.h"

namespace nestor {

struct CollectionStats {
  uint64_t points = 0;
  uint64_t dead_rows = 0;
  Sequence durable_sequence{};
  Sequence indexed_sequence{};
  uint64_t unindexed_points = 0;
  uint32_t segments = 0;
  uint64_t index_bytes = 0;
  uint64_t payload_index_bytes = 0;
  uint64_t rerank_tier_bytes = 0;         // in memory
  uint64_t rerank_tier_mapped_bytes = 0;  // in files
  uint64_t point_record_mapped_bytes = 0;
  uint64_t disk_bytes = 0;
  PrefixCodeFormat prefix_code;                    // of the largest segment
  uint32_t basis_version = 0;                      // of its basis; 0: it has none
  std::shared_ptr<const Calibration> calibration;  // null: none
  bool calibration_holds = false;                  // searches go by it
  AuditFigures audit;
};

// A point as Get and Scroll return it.
struct FoundPoint {
  PointId id;
  Sequence version{};
  std::vector<float> vector;  // with select.vector
  std::string payload;        // with select.payload
  absl::Time expire_time = absl::InfiniteFuture();
};

struct ScrollPage {
  std::vector<FoundPoint> points;  // by id
  bool more = false;               // further points follow the last one
};

// What a collection needs of its surroundings. All must outlive it.
struct CollectionEnv {
  PointStore& store;
  const Clock& clock;
  // Background work may be due; called often, from any thread, must be cheap.
  std::function<void()> work_due;
  // The same for calibrating.
  std::function<void()> calibration_due = [] {};
  bool calibrates_itself = true;                           // also when nobody has asked for it
  double audit_share = 0;                                  // see EngineOptions
  const CheckedFiles* files = nullptr;                     // where segments are kept; null: nowhere
  std::function<double()> disk_used = [] { return 0.0; };  // see EngineOptions
  absl::Duration settles_after = absl::InfiniteDuration();  // see EngineOptions
  // A merge without a file takes memory for what was in files before: for more bytes than these it
  // waits until there can be one.
  uint64_t most_copied_bytes = uint64_t{256} << 20;
  std::function<void(absl::string_view)> log_info = [](absl::string_view) {};
  std::function<void(absl::string_view)> log_error = [](absl::string_view) {};
};

// One collection: writes go through one leader at a time into the store and then into a new view;
// searches and reads take the current view and no lock; background threads turn deltas into
// segments, merge segments and erase what is expired. An expired point is not there, for no call.
//
// Thread safety: thread-safe.
class Collection {
 public:
  using FailedSegments = absl::flat_hash_set<std::shared_ptr<const Segment>>;

  // Builds the view from the store and the files of segments: see RecoverView. What no file holds
  // comes back as a segment that is searched by scanning until its index is built in the
  // background. The store's errors.
  static absl::StatusOr<std::unique_ptr<Collection>> Recover(ResolvedSpec spec, CollectionEnv env);

  const ResolvedSpec& spec() const { return spec_; }
  // As the user declared it, with the payload indexes of today.
  CollectionSpec CurrentSpec() const;
  // The newest state. Holding it pins memory and disk space, so hold it for one request.
  std::shared_ptr<const View> view() const { return view_.Load(); }

  // Durable and searchable when they return. REQUIRES: items are valid (see ValidateVector).
  // ResourceExhaustedError while indexing or the store is too far behind (see RetryLaterError), and
  // for an Upsert while the disk is full to kMaxDiskUsed; NotFoundError after Close; otherwise what
  // the store says, in particular UnknownError: the write may or may not be there after a restart.
  absl::StatusOr<WriteResult> Upsert(absl::Span<const UpsertItem> items, WriteMode mode);
  absl::StatusOr<WriteResult> Delete(absl::Span<const PointId> ids);

  // Deletes the live points that satisfy `filter` (null: all) now and still do when their turn
  // comes; one that is replaced meanwhile stays. Not one write but several: when an error ends it,
  // some points may be deleted already.
  absl::StatusOr<WriteResult> DeleteMatching(const Filter* filter, StopCheck stop);
  // Changes payloads and expiry times of points, kUpdateBatch of them in one commit; their vectors
  // and versions stay. An item error for an id that is not there, and for a payload that would grow
  // too large.
  absl::StatusOr<WriteResult> Update(absl::Span<const PointId> ids, const PointUpdate& update);
  // Of the points that DeleteMatching would delete, in the same manner.
  absl::StatusOr<WriteResult> UpdateMatching(const Filter* filter, const PointUpdate& update,
                                             StopCheck stop);
  // Declares a payload index, or gives one up. The new one is built in the background; until it is
  // there, filters read payloads. AlreadyExistsError if the field has one of another type,
  // ResourceExhaustedError if there are kMaxPayloadIndexes, NotFoundError if there is none to drop.
  absl::Status ChangeSchema(const SchemaChange& change);

  // Errors are those of SearchTask. *result is overwritten and its memory used again: a search like
  // those before it on its thread, without a filter, whose hits are in records of segments and have
  // ids of up to 15 bytes, allocates nothing.
  absl::Status Search(const SearchRequest& request, StopCheck stop, SearchResult* result) const;
  // Several at once, all with the same filter, from one view: what they read is read once.
  void Search(absl::Span<SearchTask> tasks) const;
  using ResultVisitor = absl::FunctionRef<absl::Status(size_t query, const SearchResult& result)>;
  // The same request with each of `queries` in the place of its vector, from one view: its filter
  // is evaluated once, and what several of them read is read once. `common.time_budget` is for each
  // of them. The results go to `visit` in order; the first error ends it.
  absl::Status SearchBatch(const SearchRequest& common,
                           absl::Span<const absl::Span<const float>> queries, StopCheck stop,
                           ResultVisitor visit) const;
  // points->at(i) is the point of ids[i], if there is one.
  absl::StatusOr<std::vector<std::optional<FoundPoint>>> Get(absl::Span<const PointId> ids,
                                                             const Select& select) const;
  // Up to `size` points with ids greater than `after` (an empty id: from the first) that satisfy
  // `filter` (null: all).
  absl::StatusOr<ScrollPage> Scroll(const PointId& after, size_t size, const Select& select,
                                    const Filter* filter, StopCheck stop) const;
  // The live points that satisfy `filter` (null: all).
  absl::StatusOr<uint64_t> Count(const Filter* filter, StopCheck stop) const;
  CollectionStats Stats() const;
  // False from the first failure of the disk on: see PointStore::Writable.
  bool writable() const { return env_.store.Writable().ok(); }

  // Closes the delta, so that everything written so far will be in segments, and returns the
  // sequence to wait for: IsIndexed(sequence) becomes true when background work has caught up.
  absl::StatusOr<Sequence> SealWrites();
  bool IsIndexed(Sequence sequence) const { return view()->indexed_sequence() >= sequence; }
  // Has SettleOnce wait neither until nothing is written nor for its share of the time.
  void AskForSettling();
  // False while a merge is due, or one that need not be is about to begin: see SettleOnce.
  bool IsSettled() const;

  // What searches as `request`, whose target is left open, find of what exact ones find: by
  // `queries`, or without any by up to `sample` of those that it was searched with, or by points of
  // its own if these are too few. Takes as long as that many exact searches. REQUIRES: sample >= 1.
  // FailedPreconditionError if there is nothing to measure by; otherwise as Search.
  absl::StatusOr<RecallReport> MeasureRecall(const SearchRequest& request,
                                             std::vector<SampledQuery> queries, size_t sample,
                                             StopCheck stop) const;

  // What a sample of its points says of prefixes: see engine/advisor.h. FailedPreconditionError if
  // fewer than kLeastAdvised of them are in segments.
  absl::StatusOr<Advice> GetAdvice() const;

  // Asks for a calibration of everything that is in segments; the number to wait for.
  uint64_t AskForCalibration();
  // True once that has come to its end; what CalibrateOnce returned if it failed.
  absl::StatusOr<bool> CalibrationEnded(uint64_t number) const;

  // Moves an idle collection to a newer store snapshot, so that it does not hold back the
  // reclaiming of deleted data.
  absl::Status RefreshSnapshot();
  // Refuses every later write and stops background work. Reads go on for those who still hold the
  // collection.
  void Close();
  bool closed() const { return closed_; }

  // Background work, one thread at a time for each: turns the oldest sealed delta into a segment;
  // runs one merge that the policy finds due; builds the payload indexes that one segment lacks.
  // True if there was something to do. MergeOnce returns what MergeSegments and CopyTier do,
  // IndexPayloadsOnce what IndexFromStore does, adds a segment that it failed for to `failed` and
  // leaves those alone.
  bool SealOnce();
  absl::StatusOr<bool> MergeOnce(int threads);
  // Merges what ChooseSettling says, if nothing was written or due for env.settles_after and its
  // share of the time allows it, or somebody asked, and there is room on the disk for it. By the
  // thread that calls MergeOnce. CancelledError if InterruptSettling was called since
  // AllowSettling; otherwise as MergeOnce.
  absl::StatusOr<bool> SettleOnce(int threads);
  void AllowSettling();
  // Something else is due.
  void InterruptSettling() { unsettled_ = true; }
  absl::StatusOr<bool> IndexPayloadsOnce(FailedSegments* failed);
  // Erases some points that are expired, if there are any; how many. What a merge had left behind
  // of them is forgotten. The store's errors.
  absl::StatusOr<size_t> EraseExpiredOnce();
  // Measures what searches find and take, if that is due (CalibrationIsDue) or was asked for and
  // everything is indexed: by queries like those before it, if there were enough, otherwise by
  // points of its own. True if it did. FailedPreconditionError if it was asked for and there are
  // too few points; what a search returns.
  absl::StatusOr<bool> CalibrateOnce();
  // Does one search of a user again, exactly, if one waits for that. True if so; what a search
  // returns.
  absl::StatusOr<bool> AuditOnce();

 private:
  Collection(ResolvedSpec spec, CollectionEnv env, View view, std::shared_ptr<Delta> active);

  absl::Status Calibrate(const View& view, const CalibrationNeed& need)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(calibrate_mu_);
  // Searches go by it from now on, unless an alarm was about `own`, which is what the same
  // measurement published before (null: nothing). What is published.
  std::shared_ptr<const Calibration> Publish(Calibration calibration, const Calibration* own);
  // For calibration and audit.
  void NoteSearch(const SearchRequest& request, const SearchResult& result) const;
  using ShareVisitor =
      absl::FunctionRef<void(double share, const SearchResult& found, absl::Duration exact_cost)>;
  // Searches for each of `queries` as `common` says, and exactly, up to 16 at a time; visits what
  // share of the true hits was found, and what one exact search took.
  absl::Status MeasureShares(const View& view, const SearchRequest& common,
                             absl::Span<const SampledQuery> queries, StopCheck stop,
                             ShareVisitor visit) const;
  absl::Status Commit(PendingWrite* write, size_t cost);
  // Commits what `prototype` says for all live points that satisfy `filter` (null: all), a batch at
  // a time.
  absl::StatusOr<WriteResult> WriteMatching(const Filter* filter, const PendingWrite& prototype,
                                            size_t batch_points, size_t cost_per_point,
                                            StopCheck stop);
  // Before a commit of it.
  absl::Status CheckRoomFor(const PointUpdate& update) const;
  // The same for some live rows of `view`, in one commit.
  absl::StatusOr<WriteResult> WriteRows(const View& view, absl::Span<const Row> rows,
                                        const PendingWrite& prototype, size_t cost_per_point);
  void CommitGroup(absl::Span<PendingWrite* const> group);
  absl::Status CommitRecords(absl::Span<PendingWrite* const> group);
  void PublishGroup(absl::Span<const storage::CommitRecord> records,
                    absl::Span<PendingWrite* const> group, absl::Time now);
  // The payload index of `merged`, from those of the inputs as they are now (null: of nothing).
  // Until InstallMerge, those stay as they are: an index that took in what was patched would leave
  // no trace of it, and the merged one would be out of date.
  std::shared_ptr<const PayloadIndex> MergePayloads(absl::Span<const MergeInput> inputs,
                                                    const Segment* merged);
  // Puts `merged` (null: nothing), which has a file or not, in the place of `inputs`; returns rows
  // that were left behind and that no file has any more.
  std::vector<Row> InstallMerge(absl::Span<const MergeInput> inputs,
                                const std::shared_ptr<const Segment>& merged,
                                const std::optional<storage::ManifestRecord::File>& file,
                                const std::shared_ptr<const PayloadIndex>& payloads);
  // Nothing if no files are kept, or it cannot be written; that is logged.
  std::optional<storage::ManifestRecord::File> WriteFile(absl::Span<const MergeInput> inputs,
                                                         const MergedSegment& merged);
  // Says which files there are; after that these tombstones may be forgotten, and files that
  // nothing is in are removed. If it cannot, EraseExpiredOnce forgets them once another one could.
  absl::Status CommitManifest(const std::vector<Row>& forget);
  bool ManifestIsBehind();
  // Of a view, those that can be merged.
  std::vector<View::SegmentPart> SoundSegments(const View& view) const;
  // What is due to be merged, and for whose file there is room on the disk if it takes one.
  std::vector<View::SegmentPart> PartsToMerge(const View& view) const;
  absl::StatusOr<bool> Merge(std::vector<View::SegmentPart> segments, int threads,
                             const std::atomic<bool>& cancelled);
  // What SettleOnce merges once it is quiet, or was asked to; nothing if there is no time for that
  // yet, or no room on the disk.
  std::vector<View::SegmentPart> PartsToSettle(const View& view) const;
  // For a file of so many bytes beside everything else.
  bool HasRoom(uint64_t bytes) const;
  bool SettlingIsAsked() const;
  absl::Status ForgetTombstones(absl::Span<const Row> rows);
  absl::StatusOr<std::vector<std::optional<FoundPoint>>> ReadRows(const View& view,
                                                                  absl::Span<const Row> rows,
                                                                  const Select& select) const;

  const ResolvedSpec spec_;
  const CollectionEnv env_;
  std::atomic<bool> closed_{false};

  // Of whoever recovers or merges.
  uint64_t next_file_ = 1;
  bool waits_for_room_ = false;             // and has said so
  absl::flat_hash_set<std::string> files_;  // that are there

  // Of calibrations that were asked for.
  struct AskedCalibrations {
    uint64_t asked = 0;
    uint64_t ended = 0;
    absl::Status status;  // of the last one
  };
  mutable absl::Mutex asked_mu_;
  AskedCalibrations asked_ ABSL_GUARDED_BY(asked_mu_);
  absl::Mutex calibrate_mu_;  // one calibration at a time; before asked_mu_
  Sequence seen_by_calibration_ ABSL_GUARDED_BY(calibrate_mu_){};   // at the last look
  absl::Duration calibration_took_ ABSL_GUARDED_BY(calibrate_mu_);  // the last one
  // So that what was written before the next one is in it.
  bool sealed_to_calibrate_ ABSL_GUARDED_BY(calibrate_mu_) = false;

  std::atomic<bool> unsettled_{false};  // SettleOnce is to end
  struct Settling {
    Sequence seen{};                          // the last write, at the last look
    absl::Time quiet_since;                   // nothing was written or due
    absl::Time ended = absl::InfinitePast();  // the last one
    absl::Duration took;                      // so long
    bool asked = false;                       // not to wait any longer
  };
  mutable absl::Mutex settling_mu_;
  Settling settling_ ABSL_GUARDED_BY(settling_mu_);
  // Segments whose files have changed or cannot be read any more.
  FailedSegments unsound_ ABSL_GUARDED_BY(settling_mu_);

  CommitQueue<PendingWrite> queue_;
  std::shared_ptr<Delta> active_;  // touched by the leader of a commit group only

  absl::Mutex publish_mu_;  // serialises load-change-store of the view; never held over the store
                            // or a build
  // Inputs of a merge whose payload indexes are being merged.
  absl::flat_hash_set<const Segment*> installing_ ABSL_GUARDED_BY(publish_mu_);
  // Dead rows that no part holds and whose tombstones are to be forgotten, when no file that the
  // manifest names has them.
  std::vector<Row> unheld_ ABSL_GUARDED_BY(publish_mu_);
  // How often the view changed in what a manifest says, and how many of these changes are stored.
  uint64_t manifest_changes_ ABSL_GUARDED_BY(publish_mu_) = 0;
  uint64_t manifest_changes_stored_ ABSL_GUARDED_BY(publish_mu_) = 0;
  Published<View> view_;
  mutable QueryReservoir queries_;
  mutable RecallAudit audit_;
};

}  // namespace nestor

#endif  // NESTOR_ENGINE_COLLECTION_H_
