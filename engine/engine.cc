#include "engine/engine.h"

#include <algorithm>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "engine/collection_change.h"
#include "engine/limits.h"
#include "engine/manifest.h"
#include "storage/apply_when_possible.h"
#include "storage/crash_point.h"
#include "storage/status_macros.h"

namespace nestor {
namespace {

constexpr absl::Duration kIdleWakeUp = absl::Seconds(5);  // a safety net; work is announced
constexpr absl::Duration kSnapshotRefresh = absl::Seconds(30);
// A load is over when nothing was written since the last look.
constexpr absl::Duration kCalibrationLook = absl::Seconds(5);
// Searches are done again for at most a fiftieth of the time, saved up for a second of it.
constexpr absl::Duration kAuditLook = absl::Seconds(1);
constexpr double kAuditShareOfTime = 0.02;
constexpr absl::Duration kMostAuditTime = absl::Seconds(1);
// What expired since the last look costs every search a little.
constexpr absl::Duration kExpiryLook = absl::Milliseconds(500);

// Payload indexes have no order.
bool IsSame(CollectionSpec a, CollectionSpec b) {
  for (CollectionSpec* spec : {&a, &b}) {
    std::sort(spec->payload_indexes.begin(), spec->payload_indexes.end(),
              [](const IndexedField& x, const IndexedField& y) { return x.path < y.path; });
  }
  return a == b;
}

}  // namespace

Engine::Engine(std::unique_ptr<PointStore> store, EngineOptions options)
    : options_(std::move(options)),
      store_(std::move(store)),
      catalog_(std::make_shared<const Catalog>()) {}

absl::StatusOr<std::unique_ptr<Engine>> Engine::Open(std::unique_ptr<PointStore> store,
                                                     EngineOptions options) {
  std::unique_ptr<Engine> engine(new Engine(std::move(store), std::move(options)));
  NESTOR_RETURN_IF_ERROR(engine->Recover());
  ReachCrashPoint(CrashPoint::kBeforeServing);
  Engine* self = engine.get();
  using Priority = BackgroundLane::Priority;
  // A lane must find the one that it wakes. Sealing is short, and writers wait for it, as they may
  // for the commit of what is expired; building an index is neither.
  engine->indexing_payloads_ = std::make_unique<BackgroundLane>(
      [self] { self->IndexPayloadsDue(); }, kIdleWakeUp, Priority::kLow);
  engine->merging_ =
      std::make_unique<BackgroundLane>([self] { self->MergeDue(); }, kIdleWakeUp, Priority::kLow);
  engine->sealing_ =
      std::make_unique<BackgroundLane>([self] { self->SealDue(); }, kIdleWakeUp, Priority::kNormal);
  engine->refreshing_ = std::make_unique<BackgroundLane>([self] { self->RefreshSnapshots(); },
                                                         kSnapshotRefresh, Priority::kLow);
  engine->expiring_ = std::make_unique<BackgroundLane>([self] { self->EraseExpired(); },
                                                       kExpiryLook, Priority::kNormal);
  engine->calibrating_ = std::make_unique<BackgroundLane>([self] { self->CalibrateDue(); },
                                                          kCalibrationLook, Priority::kLow);
  engine->auditing_ =
      std::make_unique<BackgroundLane>([self] { self->AuditDue(); }, kAuditLook, Priority::kLow);
  engine->merging_->Wake();
  engine->indexing_payloads_->Wake();
  return engine;
}

Engine::~Engine() {
  stopping_ = true;
  for (const std::shared_ptr<Collection>& collection : List()) collection->Close();
  auditing_.reset();  // it wakes the next one
  calibrating_.reset();
  expiring_.reset();
  refreshing_.reset();
  sealing_.reset();
  merging_.reset();
  indexing_payloads_.reset();
}

absl::Status Engine::Recover() {
  absl::MutexLock lock(&catalog_mu_);
  const std::unique_ptr<StoreSnapshot> snapshot = store_->GetSnapshot();
  NESTOR_ASSIGN_OR_RETURN(const CollectionNumber last, snapshot->LastCollectionNumber());
  next_number_ = ToNumber(last) + 1;
  NESTOR_RETURN_IF_ERROR(DropHalfRestored(*snapshot));
  NESTOR_ASSIGN_OR_RETURN(const std::vector<storage::CollectionRecord> records,
                          snapshot->ListCollections());
  auto catalog = std::make_shared<Catalog>();
  for (const storage::CollectionRecord& record : records) {
    const absl::Time start = options_.clock();
    NESTOR_ASSIGN_OR_RETURN(std::shared_ptr<Collection> collection,
                            Collection::Recover(FromRecord(record), EnvFor()));
    const CollectionStats stats = collection->Stats();
    options_.log_info(absl::StrCat("collection '", record.name(), "': ", stats.points,
                                   " points recovered in ",
                                   absl::FormatDuration(options_.clock() - start), ", ",
                                   stats.unindexed_points, " of them to be indexed"));
    (*catalog)[record.name()] = std::move(collection);
  }
  catalog_.Store(std::move(catalog));
  if (options_.files != nullptr) {
    (void)options_.files->RemoveTemporary();  // what stays takes space until the next start
    RemoveFilesOfNobody();
  }
  return absl::OkStatus();
}

void Engine::RemoveFilesOfNobody() {
  const absl::StatusOr<std::vector<std::string>> names = options_.files->List();
  const absl::StatusOr<std::vector<std::string>> damaged = options_.files->ListSetAside();
  if (!names.ok() || !damaged.ok()) return;
  absl::flat_hash_set<CollectionNumber> numbers;
  for (const std::shared_ptr<Collection>& collection : List()) {
    numbers.insert(collection->spec().number);
  }
  const auto is_of_nobody = [&](const std::string& name) {
    CollectionNumber number{};
    uint64_t file = 0;
    return ParseSegmentFileName(name, &number, &file) && !numbers.contains(number);
  };
  for (const std::string& name : *names) {
    if (is_of_nobody(name)) (void)options_.files->Remove(name);
  }
  for (const std::string& name : *damaged) {
    if (is_of_nobody(name)) (void)options_.files->RemoveSetAside(name);
  }
}

CollectionEnv Engine::EnvFor() {
  return {.store = *store_,
          .clock = options_.clock,
          .work_due =
              [this] {
                if (sealing_ != nullptr) sealing_->Wake();
              },
          .calibration_due =
              [this] {
                if (calibrating_ != nullptr) calibrating_->Wake();
              },
          .calibrates_itself = options_.calibrates_itself,
          .audit_share = options_.audit_share,
          .files = options_.files.get(),
          .disk_used = options_.disk_used,
          .settles_after = options_.settles_after,
          .log_info = options_.log_info,
          .log_error = options_.log_error};
}

absl::StatusOr<std::shared_ptr<Collection>> Engine::CreateCollection(const CollectionSpec& spec,
                                                                     IfExists if_exists) {
  absl::MutexLock lock(&catalog_mu_);
  const std::shared_ptr<const Catalog> before = catalog_.Load();
  const auto it = before->find(spec.name);
  if (it != before->end() && if_exists == IfExists::kAcceptSameSpec) {
    if (IsSame(it->second->CurrentSpec(), spec)) return it->second;
    return absl::AlreadyExistsError(
        absl::StrCat("collection '", spec.name, "' exists with another spec"));
  }
  NESTOR_RETURN_IF_ERROR(CheckVacant(spec.name));
  const storage::CollectionRecord record = NewRecord(spec);
  storage::CommitRecord change = CollectionChange(CollectionNumber{record.number()});
  *change.mutable_create() = record;
  NESTOR_RETURN_IF_ERROR(ApplyWhenPossible(*store_, change));
  ReachCrashPoint(CrashPoint::kAfterCreate);
  ++next_number_;
  NESTOR_ASSIGN_OR_RETURN(std::shared_ptr<Collection> collection,
                          Collection::Recover(FromRecord(record), EnvFor()));
  auto catalog = std::make_shared<Catalog>(*before);
  (*catalog)[spec.name] = collection;
  catalog_.Store(std::move(catalog));
  return collection;
}

storage::CollectionRecord Engine::NewRecord(const CollectionSpec& spec) {
  storage::CollectionRecord record = ToRecord(spec);
  record.set_number(next_number_);
  record.set_uuid(options_.new_uuid());
  record.set_create_time_us(absl::ToUnixMicros(options_.clock()));
  return record;
}

absl::Status Engine::DropCollection(absl::string_view name) {
  absl::MutexLock lock(&catalog_mu_);
  NESTOR_ASSIGN_OR_RETURN(const std::shared_ptr<Collection> collection, Find(name));
  if (const absl::Status writable = Writable(); !writable.ok()) {
    return absl::FailedPreconditionError(writable.message());  // or it would be closed, and there
  }
  collection->Close();  // no write may follow the drop into the store
  storage::CommitRecord change = CollectionChange(collection->spec().number);
  change.mutable_drop()->set_name(std::string(name));
  ReachCrashPoint(CrashPoint::kBeforeDrop);
  NESTOR_RETURN_IF_ERROR(ApplyWhenPossible(*store_, change));
  ReachCrashPoint(CrashPoint::kAfterDrop);
  auto catalog = std::make_shared<Catalog>(*catalog_.Load());
  catalog->erase(catalog->find(name));
  catalog_.Store(std::move(catalog));
  if (options_.files != nullptr) RemoveFilesOfNobody();
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<Collection>> Engine::Find(absl::string_view name) const {
  const std::shared_ptr<const Catalog> catalog = catalog_.Load();
  const auto it = catalog->find(name);
  if (it == catalog->end()) {
    return absl::NotFoundError(absl::StrCat(
        "no collection '", absl::CEscape(name.substr(0, kMaxCollectionNameBytes)), "'"));
  }
  return it->second;
}

std::vector<std::shared_ptr<Collection>> Engine::List() const {
  const std::shared_ptr<const Catalog> catalog = catalog_.Load();
  std::vector<std::shared_ptr<Collection>> collections;
  for (const auto& [name, collection] : *catalog) collections.push_back(collection);
  return collections;
}

void Engine::SealDue() {
  bool sealed = false;
  for (const std::shared_ptr<Collection>& collection : List()) {
    while (!stopping_ && collection->SealOnce()) sealed = true;
  }
  if (sealed) {
    for (const std::shared_ptr<Collection>& collection : List()) collection->InterruptSettling();
    if (merging_ != nullptr) merging_->Wake();
  }
  // A delta from before an index was declared became a segment without it.
  if (indexing_payloads_ != nullptr) indexing_payloads_->Wake();
}

void Engine::IndexPayloadsDue() {
  for (const std::shared_ptr<Collection>& collection : List()) {
    Collection::FailedSegments failed;
    absl::StatusOr<bool> did = true;
    while (!stopping_ && (!did.ok() || *did)) {
      did = collection->IndexPayloadsOnce(&failed);
      if (did.ok() || absl::IsCancelled(did.status())) continue;
      options_.log_error(absl::StrCat(
          "collection '", collection->spec().name,
          "': indexing payloads failed, filters read them instead: ", did.status().message()));
    }
  }
}

void Engine::MergeDue() {
  bool merged = true;
  while (merged && !stopping_) {
    const std::vector<std::shared_ptr<Collection>> collections = List();
    // What is sealed from here on interrupts it.
    for (const std::shared_ptr<Collection>& collection : collections) collection->AllowSettling();
    merged = false;
    for (const std::shared_ptr<Collection>& collection : collections) {  // one of each in turn
      if (stopping_) return;
      merged |= Merged(*collection, collection->MergeOnce(options_.index_threads),
                       "building an index failed, searches scan instead");
    }
    for (const std::shared_ptr<Collection>& collection : collections) {
      if (merged || stopping_) break;
      merged = Merged(*collection, collection->SettleOnce(options_.index_threads),
                      "building one index of all failed, searches use several");
    }
  }
}

bool Engine::Merged(const Collection& collection, const absl::StatusOr<bool>& did,
                    absl::string_view failed) {
  if (absl::IsCancelled(did.status())) return true;  // by what is due now
  if (!did.ok()) {
    options_.log_error(absl::StrCat("collection '", collection.spec().name, "': ", failed, ": ",
                                    did.status().message()));
    return false;
  }
  // Inputs whose payload indexes were not there yet made a segment without.
  if (*did) indexing_payloads_->Wake();
  return *did;
}

void Engine::RefreshSnapshots() {
  for (const std::shared_ptr<Collection>& collection : List()) {
    if (stopping_) return;
    const absl::Status status = collection->RefreshSnapshot();
    if (!status.ok() && !absl::IsNotFound(status)) {
      options_.log_error(absl::StrCat("collection '", collection->spec().name,
                                      "': refreshing the snapshot: ", status.message()));
    }
  }
}

void Engine::CalibrateDue() {
  for (const std::shared_ptr<Collection>& collection : List()) {
    if (stopping_) return;
    const absl::StatusOr<bool> did = collection->CalibrateOnce();
    if (did.ok()) {
      if (*did) merging_->Wake();  // which writes the manifest
    } else if (!absl::IsCancelled(did.status()) && !absl::IsFailedPrecondition(did.status())) {
      options_.log_error(
          absl::StrCat("collection '", collection->spec().name,
                       "': calibrating failed, what is not measured goes by a careful rule: ",
                       did.status().message()));
    }
  }
}

void Engine::AuditDue() {
  const absl::Time now = options_.clock();
  if (now > audited_until_) {
    audit_time_ =
        std::min(kMostAuditTime, audit_time_ + kAuditShareOfTime * (now - audited_until_));
  }
  audited_until_ = now;
  for (bool audited = true; audited;) {  // one search of each collection in turn
    audited = false;
    for (const std::shared_ptr<Collection>& collection : List()) {
      if (stopping_ || audit_time_ <= absl::ZeroDuration()) return;
      const absl::Time start = options_.clock();
      const absl::StatusOr<bool> did = collection->AuditOnce();
      audit_time_ -= options_.clock() - start;
      if (did.ok()) {
        audited |= *did;
      } else if (!absl::IsCancelled(did.status())) {
        options_.log_error(absl::StrCat("collection '", collection->spec().name,
                                        "': auditing a search: ", did.status().message()));
      }
    }
  }
}

void Engine::EraseExpired() {
  absl::flat_hash_set<std::string> errors;
  for (bool erased = true; erased && !stopping_;) {  // some of each collection in turn
    erased = false;
    for (const std::shared_ptr<Collection>& collection : List()) {
      if (stopping_) return;
      const absl::StatusOr<size_t> did = collection->EraseExpiredOnce();
      if (did.ok()) {
        erased |= *did > 0;
      } else if (!absl::IsNotFound(did.status())) {  // dropped meanwhile
        errors.insert(absl::StrCat("collection '", collection->spec().name,
                                   "': erasing expired points: ", did.status().message()));
      }
    }
  }
  // A store that takes no writes says so at every look.
  for (const std::string& error : errors) {
    if (!expiry_errors_.contains(error)) options_.log_error(error);
  }
  expiry_errors_ = std::move(errors);
}

}  // namespace nestor
