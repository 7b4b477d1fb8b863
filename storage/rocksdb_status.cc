#include "storage/rocksdb_status.h"

#include "absl/strings/str_cat.h"

namespace nestor {

absl::Status FromRocksDb(const rocksdb::Status& status, absl::string_view doing) {
  const std::string message = absl::StrCat("cannot ", doing, ": ", status.ToString());
  if (status.IsNoSpace()) {
    return absl::ResourceExhaustedError(absl::StrCat("cannot ", doing, ": the disk is full"));
  }
  if (status.IsCorruption()) return absl::DataLossError(message);
  if (status.IsIOError()) return absl::UnavailableError(message);
  return absl::InternalError(message);
}

}  // namespace nestor
