#ifndef NESTOR_ENGINE_ENGINE_H_
#define NESTOR_ENGINE_ENGINE_H_

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_set.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/types/span.h"
#include "engine/background_lane.h"
#include "engine/collection.h"
#include "engine/published.h"
#include "engine/write_types.h"
#include "storage/checked_file.h"
#include "storage/point_store.h"

namespace nestor {

struct EngineOptions {
  int index_threads = 1;  // that build one index together
  Clock clock = [] { return absl::Now(); };
  std::function<std::string()> new_uuid;  // for new collections
  // Where segments are kept, so that a restart need not build them; null: nowhere.
  std::shared_ptr<const CheckedFiles> files;
  // The share of the disk that is in use, 0 to 1; asked often, from any thread.
  std::function<double()> disk_used = [] { return 0.0; };
  // Calibrates a collection whenever that is due, and not only when it is asked for.
  bool calibrates_itself = true;
  // When nothing was written for so long, the segments of a collection are merged into as few as
  // can be, though none of these merges is due (Collection::SettleOnce); infinite: never.
  absl::Duration settles_after = absl::Seconds(10);
  // The share of adaptive searches that are done again exactly, in the background, 0 to 1.
  double audit_share = 0.001;
  std::function<void(absl::string_view)> log_info = [](absl::string_view) {};
  std::function<void(absl::string_view)> log_error = [](absl::string_view) {};
};

// All collections of one store, and the background threads that keep their indexes up to date.
//
//   auto engine = Engine::Open(std::move(store), options).value();
//   auto docs = engine->CreateCollection({.name = "docs", .dims = 512},
//   Engine::IfExists::kRefuse).value(); docs->Upsert(items, WriteMode::kUpsert);
//
// Thread safety: thread-safe. Outlives every collection it gave out.
class Engine {
 public:
  // Recovers every collection of the store before it returns. The store's errors.
  static absl::StatusOr<std::unique_ptr<Engine>> Open(std::unique_ptr<PointStore> store,
                                                      EngineOptions options);
  // Stops background work; an index that is being built is abandoned.
  ~Engine();

  enum class IfExists { kRefuse, kAcceptSameSpec };
  // REQUIRES: `spec` is valid (ValidateSpec). AlreadyExistsError if the name is taken (with
  // kAcceptSameSpec: by a collection with another spec); ResourceExhaustedError at kMaxCollections;
  // the store's errors.
  absl::StatusOr<std::shared_ptr<Collection>> CreateCollection(const CollectionSpec& spec,
                                                               IfExists if_exists);
  // Writes points, with ids that no other call of it had, into the collection that is restored.
  using RestoreWriter = absl::FunctionRef<absl::Status(absl::Span<const UpsertItem> points)>;
  // Hands all points to `write`, in as many calls as it likes.
  using RestoreSource = absl::FunctionRef<absl::Status(RestoreWriter write)>;
  // A new collection with all points of `source`, in one step for everybody else: nobody sees it
  // before that. If `source` or a write fails, there is nothing of it, and that is returned; what a
  // stop of the process has left of it the next start removes. The points have versions of their
  // own. Otherwise as CreateCollection, which finds the name taken meanwhile.
  absl::StatusOr<std::shared_ptr<Collection>> RestoreCollection(const CollectionSpec& spec,
                                                                StopCheck stop,
                                                                RestoreSource source);
  // Durable when it returns. NotFoundError if there is no such collection.
  absl::Status DropCollection(absl::string_view name);

  // NotFoundError naming it.
  absl::StatusOr<std::shared_ptr<Collection>> Find(absl::string_view name) const;
  // By name.
  std::vector<std::shared_ptr<Collection>> List() const;
  // As PointStore::Writable.
  absl::Status Writable() const { return store_->Writable(); }

  const EngineOptions& options() const { return options_; }

 private:
  using Catalog = std::map<std::string, std::shared_ptr<Collection>, std::less<>>;

  Engine(std::unique_ptr<PointStore> store, EngineOptions options);

  absl::Status Recover();
  // What a stop has left of restores.
  absl::Status DropHalfRestored(const StoreSnapshot& snapshot);
  // OK if a collection of that name may come.
  absl::Status CheckVacant(absl::string_view name) ABSL_EXCLUSIVE_LOCKS_REQUIRED(catalog_mu_);
  // The record of a new collection of that spec, with a number of its own.
  storage::CollectionRecord NewRecord(const CollectionSpec& spec)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(catalog_mu_);
  absl::StatusOr<storage::CollectionRecord> BeginRestore(const CollectionSpec& spec);
  absl::StatusOr<std::shared_ptr<Collection>> FinishRestore(
      const storage::CollectionRecord& record);
  absl::Status WriteRestored(const storage::CollectionRecord& record, StopCheck stop,
                             RestoreSource source);
  // Segments of collections that were dropped.
  void RemoveFilesOfNobody();
  CollectionEnv EnvFor();
  void SealDue();
  void MergeDue();
  // Whether there may be more to merge after this; logs what `failed`.
  bool Merged(const Collection& collection, const absl::StatusOr<bool>& did,
              absl::string_view failed);
  void IndexPayloadsDue();
  void RefreshSnapshots();
  void EraseExpired();
  void CalibrateDue();
  void AuditDue();

  const EngineOptions options_;
  const std::unique_ptr<PointStore> store_;
  std::atomic<bool> stopping_{false};

  absl::Mutex catalog_mu_;  // serialises creating, dropping, and both ends of a restore
  uint32_t next_number_ ABSL_GUARDED_BY(catalog_mu_) = 1;
  absl::flat_hash_set<std::string> restoring_ ABSL_GUARDED_BY(catalog_mu_);  // names
  Published<Catalog> catalog_;
  absl::flat_hash_set<std::string> expiry_errors_;  // logged at the last look; of that lane alone
  // Of the auditing lane alone.
  absl::Time audited_until_ = absl::InfiniteFuture();
  absl::Duration audit_time_;  // that it may take

  // Made last, after recovery: they use everything above.
  std::unique_ptr<BackgroundLane> sealing_;
  std::unique_ptr<BackgroundLane> merging_;
  std::unique_ptr<BackgroundLane> indexing_payloads_;
  std::unique_ptr<BackgroundLane> refreshing_;
  std::unique_ptr<BackgroundLane> expiring_;
  std::unique_ptr<BackgroundLane> calibrating_;
  std::unique_ptr<BackgroundLane> auditing_;
};

}  // namespace nestor

#endif  // NESTOR_ENGINE_ENGINE_H_
