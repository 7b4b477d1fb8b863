#include "storage/rocksdb_database.h"

#include <algorithm>
#include <cstdarg>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "storage/closing_record.h"
#include "storage/directory.h"
#include "storage/fixed_width.h"
#include "storage/obsolete_logs.h"
#include "storage/rocksdb_log.h"
#include "storage/rocksdb_options.h"
#include "storage/rocksdb_status.h"
#include "storage/rocksdb_store.h"
#include "storage/status_macros.h"
#include "storage/wal_check.h"

namespace nestor {
namespace {

namespace fs = std::filesystem;

bool HoldsStore(const std::string& directory) {
  std::error_code error;
  return fs::exists(fs::path(directory) / "CURRENT", error);
}

// What RocksDB leaves behind when it is stopped while it creates a store, and what a mounted volume
// has in its root; and snapshots, which may be copied here before the first start.
bool MayLieInNewStore(absl::string_view name) {
  return name == "LOCK" || name == "IDENTITY" || name == "lost+found" || name == "snapshots" ||
         absl::StartsWith(name, "LOG") || absl::StartsWith(name, "MANIFEST-") ||
         absl::StartsWith(name, "OPTIONS-") || absl::EndsWith(name, ".dbtmp");
}

absl::Status CheckEmptyEnough(const std::string& directory) {
  std::error_code error;
  for (fs::directory_iterator it(directory, error), end; !error && it != end; it.increment(error)) {
    const std::string name = it->path().filename().string();
    if (MayLieInNewStore(name)) continue;
    return absl::FailedPreconditionError(
        absl::StrCat(directory, " holds ", name, " but no store: choose an empty directory"));
  }
  if (!error) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("cannot list ", directory, ": ", error.message()));
}

absl::Status Locked(const std::string& directory, absl::string_view why) {
  return absl::FailedPreconditionError(absl::StrCat(
      "cannot lock ", directory,
      ": another process uses it; stop that process or choose another directory (", why, ")"));
}

// Nobody else writes to `directory` while it is checked. RocksDB takes the lock for itself when it
// opens.
absl::Status CheckUnderLock(const std::string& directory, rocksdb::Env* env) {
  rocksdb::FileLock* lock = nullptr;
  const rocksdb::Status status = env->LockFile(directory + "/LOCK", &lock);
  if (!status.ok()) return Locked(directory, status.ToString());
  absl::Status checked = CheckClosingRecord(directory, env);
  if (checked.ok()) checked = CheckWriteAheadLogs(directory);
  if (checked.ok()) checked = RemoveClosingRecord(directory, env);
  env->UnlockFile(lock)
      .PermitUncheckedError();  // what fails here fails again in DB::Open, which reports it
  return checked;
}

absl::Status CheckReadable(const std::string& directory, rocksdb::Env* env,
                           std::optional<ReaderLock>* lock) {
  if (!HoldsStore(directory)) {
    return absl::FailedPreconditionError(absl::StrCat(directory, " holds no store"));
  }
  NESTOR_ASSIGN_OR_RETURN(*lock, ReaderLock::Take(directory + "/LOCK"));
  if (!*lock) return Locked(directory, "it writes");
  NESTOR_RETURN_IF_ERROR(CheckClosingRecord(directory, env));
  return CheckWriteAheadLogs(directory);
}

// RocksDB writes its log into the directory otherwise, even if that is only to be read.
class NoLog final : public rocksdb::Logger {
 public:
  using rocksdb::Logger::Logv;
  void Logv(const char*, va_list) override {}
};

// Opening for reading cannot make what is missing.
absl::Status CheckFamiliesExist(const std::string& directory, const rocksdb::DBOptions& options) {
  std::vector<std::string> names;
  const rocksdb::Status listed = rocksdb::DB::ListColumnFamilies(options, directory, &names);
  if (!listed.ok()) return FromRocksDb(listed, absl::StrCat("open ", directory));
  for (const Family family : kAllFamilies) {
    if (std::find(names.begin(), names.end(), FamilyName(family)) != names.end()) continue;
    return absl::FailedPreconditionError(absl::StrCat(
        directory, " has no column family ", FamilyName(family),
        ": it is of an older program, or was not finished; start a server on it once"));
  }
  return absl::OkStatus();
}

// Our families, and those of a newer program so that its format can be read. If the list cannot be
// read, opening says why.
std::vector<rocksdb::ColumnFamilyDescriptor> FamiliesToOpen(const RocksDbStoreOptions& options,
                                                            const rocksdb::DBOptions& db_options) {
  const auto cache = rocksdb::NewLRUCache(options.block_cache_bytes);
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (const Family family : kAllFamilies) {
    families.emplace_back(std::string(FamilyName(family)), MakeFamilyOptions(family, cache));
  }
  std::vector<std::string> names;
  rocksdb::DB::ListColumnFamilies(db_options, options.directory, &names).PermitUncheckedError();
  names.push_back(rocksdb::kDefaultColumnFamilyName);
  for (const std::string& name : names) {
    const auto same_name = [&](const auto& family) { return family.name == name; };
    if (std::none_of(families.begin(), families.end(), same_name)) {
      families.emplace_back(name, rocksdb::ColumnFamilyOptions());
    }
  }
  return families;
}

}  // namespace

absl::StatusOr<std::unique_ptr<RocksDbDatabase>> RocksDbDatabase::Open(
    const RocksDbStoreOptions& options, std::shared_ptr<FailureListener> failure) {
  rocksdb::Env* const env = options.env == nullptr ? rocksdb::Env::Default() : options.env;
  const std::string& directory = options.directory;
  std::optional<ReaderLock> lock;
  if (options.read_only) {
    NESTOR_RETURN_IF_ERROR(CheckReadable(directory, env, &lock));
  } else {
    NESTOR_RETURN_IF_ERROR(CreateDirectories(directory));
    if (!HoldsStore(directory)) NESTOR_RETURN_IF_ERROR(CheckEmptyEnough(directory));
    NESTOR_RETURN_IF_ERROR(CheckUnderLock(directory, env));
  }

  rocksdb::DBOptions db_options = MakeDbOptions(options, env);
  db_options.listeners.push_back(failure);
  std::unique_ptr<RocksDbDatabase> database(new RocksDbDatabase(options, env, std::move(failure)));
  database->reader_lock_ = std::move(lock);
  rocksdb::DB* db = nullptr;
  if (options.read_only) {
    db_options.info_log = std::make_shared<NoLog>();
    NESTOR_RETURN_IF_ERROR(CheckFamiliesExist(directory, db_options));
  } else {
    db_options.info_log = std::make_shared<RocksDbLog>(directory);
  }
  const auto families = FamiliesToOpen(options, db_options);
  const rocksdb::Status status =
      options.read_only
          ? rocksdb::DB::OpenForReadOnly(db_options, directory, families, &database->handles_, &db)
          : rocksdb::DB::Open(db_options, directory, families, &database->handles_, &db);
  if (!status.ok()) return FromRocksDb(status, absl::StrCat("open ", directory));
  database->db_.reset(db);
  // Once more, now that nobody else can: somebody may have been here since the look above.
  if (!options.read_only) {
    NESTOR_RETURN_IF_ERROR(RemoveClosingRecord(directory, env));
    NESTOR_RETURN_IF_ERROR(RemoveObsoleteLogs(*database->db_, directory));
  }
  std::copy_n(database->handles_.begin(), kAllFamilies.size(), database->families_.begin());
  NESTOR_RETURN_IF_ERROR(database->CheckTables());
  NESTOR_RETURN_IF_ERROR(database->CheckFormat(options));
  database->is_ours_ = true;
  return database;
}

RocksDbDatabase::~RocksDbDatabase() {
  if (db_ == nullptr) return;
  for (rocksdb::ColumnFamilyHandle* handle : handles_) {
    db_->DestroyColumnFamilyHandle(handle).PermitUncheckedError();
  }
  // Everything acknowledged is synced already. After a failure, also one that closing has met,
  // nobody knows what the files hold.
  const bool closed = db_->Close().ok();
  if (closed && is_ours_ && failure_->Writable().ok()) LeaveClosingRecord();
}

// Under the lock again: it is of what is there now, even if somebody was faster.
void RocksDbDatabase::LeaveClosingRecord() const {
  rocksdb::FileLock* lock = nullptr;
  if (!env_->LockFile(directory_ + "/LOCK", &lock).ok()) return;
  (void)WriteClosingRecord(directory_, env_);  // without one, the next start believes the files
  env_->UnlockFile(lock).PermitUncheckedError();
}

// RocksDB 7.8 frees memory twice when it iterates over tables of level 0 one of which it cannot
// open; reading their properties opens all of them first.
absl::Status RocksDbDatabase::CheckTables() {
  for (rocksdb::ColumnFamilyHandle* handle : handles_) {
    rocksdb::TablePropertiesCollection properties;
    const rocksdb::Status status = db_->GetPropertiesOfAllTables(handle, &properties);
    if (!status.ok()) {
      return FromRocksDb(status, absl::StrCat("open the tables of ", handle->GetName()));
    }
  }
  return absl::OkStatus();
}

absl::Status RocksDbDatabase::CheckFormat(const RocksDbStoreOptions& options) {
  const std::string& directory = options.directory;
  std::string value;
  const rocksdb::Status status =
      db_->Get(rocksdb::ReadOptions(), Handle(Family::kMeta), FormatKey(), &value);
  if (status.IsNotFound()) {
    NESTOR_RETURN_IF_ERROR(CheckEmpty(directory));
    return options.read_only ? absl::OkStatus() : WriteFormat();
  }
  if (!status.ok()) return FromRocksDb(status, absl::StrCat("read the format of ", directory));
  if (value.size() != sizeof(kStoreFormat)) {
    return absl::DataLossError(absl::StrCat("damaged value in meta, key format, of ", directory));
  }
  const auto format = ReadLittleEndian<uint32_t>(value);
  if (format <= kStoreFormat) {
    NESTOR_RETURN_IF_ERROR(CheckFamiliesAreOurs(directory));
    return format == kStoreFormat || options.read_only ? absl::OkStatus() : WriteFormat();
  }
  return absl::FailedPreconditionError(absl::StrCat(directory, " has format ", format,
                                                    ", newer than format ", kStoreFormat,
                                                    " of this program: use a newer program"));
}

absl::Status RocksDbDatabase::CheckFamiliesAreOurs(const std::string& directory) {
  for (size_t i = kAllFamilies.size(); i < handles_.size(); ++i) {
    const std::string& name = handles_[i]->GetName();
    if (name == rocksdb::kDefaultColumnFamilyName) continue;
    return absl::FailedPreconditionError(
        absl::StrCat(directory, " has a column family ", name, " that this program does not know"));
  }
  return absl::OkStatus();
}

// A store without format is new, or was stopped while it was created. Nothing was acknowledged
// before.
absl::Status RocksDbDatabase::CheckEmpty(const std::string& directory) {
  for (rocksdb::ColumnFamilyHandle* handle : handles_) {
    const std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(rocksdb::ReadOptions(), handle));
    it->SeekToFirst();
    if (!it->status().ok()) return FromRocksDb(it->status(), absl::StrCat("read ", directory));
    if (!it->Valid()) continue;
    return absl::FailedPreconditionError(absl::StrCat(
        directory, " holds a RocksDB that is no store of ours: choose another directory"));
  }
  return absl::OkStatus();
}

absl::Status RocksDbDatabase::WriteFormat() {
  std::string value;
  AppendLittleEndian(kStoreFormat, &value);
  rocksdb::WriteOptions options;
  options.sync = true;
  const rocksdb::Status status = db_->Put(options, Handle(Family::kMeta), FormatKey(), value);
  return status.ok() ? absl::OkStatus() : FromRocksDb(status, "write the format");
}

}  // namespace nestor
