#include "storage/section_file.h"

#include <algorithm>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "rocksdb/env.h"
#include "storage/rocksdb_status.h"

namespace nestor {

SectionFile::SectionFile(std::string path, std::shared_ptr<rocksdb::RandomAccessFile> file,
                         uint64_t begin, uint64_t bytes)
    : path_(std::move(path)), file_(std::move(file)), begin_(begin), bytes_(bytes) {
  absl::StatusOr<std::shared_ptr<const FileMapping>> mapping =
      FileMapping::Map(path_, begin_, bytes_);
  if (mapping.ok()) mapping_ = *std::move(mapping);
}

absl::Status SectionFile::Read(uint64_t offset, size_t count, char* out) const {
  if (offset > bytes_ || count > bytes_ - offset) {
    return absl::DataLossError(
        absl::StrCat(path_, " has no ", count, " bytes at ", offset, " of a section of ", bytes_));
  }
  if (mapping_ != nullptr) {
    if (mapping_->Copy(offset, count, out)) return absl::OkStatus();
    return absl::UnavailableError(absl::StrCat("read ", path_, ": the disk failed"));
  }
  rocksdb::Slice got;
  const rocksdb::Status status = file_->Read(begin_ + offset, count, &got, out);
  if (!status.ok()) return FromRocksDb(status, absl::StrCat("read ", path_));
  if (got.size() != count) {
    return absl::DataLossError(absl::StrCat(path_, " is shorter than it was"));
  }
  if (got.data() != out) std::copy_n(got.data(), count, out);
  return absl::OkStatus();
}

void SectionFile::Prefetch(uint64_t offset, size_t count) const {
  if (mapping_ != nullptr && offset <= bytes_ && count <= bytes_ - offset) {
    mapping_->Prefetch(offset, count);
  }
}

}  // namespace nestor
