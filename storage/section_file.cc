#include "storage/section_file.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "rocksdb/env.h"
#include "storage/crc32c.h"
#include "storage/rocksdb_status.h"
#include "storage/status_macros.h"

namespace nestor {
namespace {

constexpr uint64_t kCheckedBytes = uint64_t{1} << 20;  // at a time

}  // namespace

SectionFile::SectionFile(std::string path, std::shared_ptr<rocksdb::RandomAccessFile> file,
                         uint64_t begin, uint64_t bytes, uint32_t crc)
    : path_(std::move(path)), file_(std::move(file)), begin_(begin), bytes_(bytes), crc_(crc) {
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

absl::Status SectionFile::Check() const {
  std::vector<char> buffer(std::min<uint64_t>(kCheckedBytes, bytes_));
  uint32_t crc = 0;
  for (uint64_t begin = 0; begin < bytes_; begin += buffer.size()) {
    const size_t count = std::min<uint64_t>(buffer.size(), bytes_ - begin);
    (void)ReadAhead(begin, 2 * count);
    NESTOR_RETURN_IF_ERROR(Read(begin, count, buffer.data()));
    crc = Crc32c({buffer.data(), count}, crc);
  }
  if (crc == crc_) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat(path_, " is damaged: it has changed since it was read"));
}

void SectionFile::Prefetch(uint64_t offset, size_t count) const {
  if (mapping_ != nullptr && offset <= bytes_ && count <= bytes_ - offset) {
    mapping_->Prefetch(offset, count);
  }
}

bool SectionFile::ReadAhead(uint64_t offset, size_t count) const {
  if (mapping_ == nullptr || offset >= bytes_) return false;
  return mapping_->ReadAhead(offset, std::min<uint64_t>(count, bytes_ - offset));
}

}  // namespace nestor
