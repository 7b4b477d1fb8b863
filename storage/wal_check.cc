#include "storage/wal_check.h"

#include <cstdint>
#include <fstream>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "storage/crc32c.h"
#include "storage/fixed_width.h"
#include "storage/log_files.h"
#include "storage/status_macros.h"

// A log is a row of blocks, a block a row of fragments, and a write one whole fragment or a first
// one, some in the middle and a last one:
//
//    0                4          6       7
//   +----------------+----------+-------+--------------------+
//   | masked crc:u32 | n:u16    | type  | n bytes            |
//   +----------------+----------+-------+--------------------+
//
// The crc covers type and bytes. A fragment never crosses the end of a block; fewer than 7 bytes
// there stay unused. https://github.com/facebook/rocksdb/wiki/Write-Ahead-Log-File-Format

namespace nestor {
namespace {

constexpr size_t kBlockBytes = 32 * 1024;
constexpr size_t kHeaderBytes = 7;
constexpr size_t kTypeOffset = 6;
constexpr uint8_t kWholeWrite = 1;
constexpr uint8_t kFirstOfWrite = 2;
// RocksDB writes one when it has recovered, which nobody was told of: a sequence number and a
// count.
constexpr size_t kEmptyWriteBytes = 12;

// RocksDB stores the crc so that a crc of bytes that hold crcs stays useful.
uint32_t Masked(uint32_t crc) { return (crc >> 15 | crc << 17) + 0xa282ead8u; }

// Follows the logs in the order in which they were written.
class WalChecker {
 public:
  absl::Status CheckFile(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return absl::UnavailableError(absl::StrCat("cannot open ", path));
    std::vector<char> block(kBlockBytes);
    for (uint64_t offset = 0; file; offset += kBlockBytes) {
      file.read(block.data(), static_cast<std::streamsize>(kBlockBytes));
      const absl::string_view bytes(block.data(), static_cast<size_t>(file.gcount()));
      NESTOR_RETURN_IF_ERROR(CheckBlock(path, offset, bytes));
    }
    if (file.bad()) return absl::UnavailableError(absl::StrCat("cannot read ", path));
    return absl::OkStatus();
  }

 private:
  absl::Status CheckBlock(const std::string& path, uint64_t offset, absl::string_view block) {
    for (size_t at = 0; block.size() - at >= kHeaderBytes;) {
      const absl::string_view rest = block.substr(at);
      const size_t fragment_bytes = kHeaderBytes + ReadLittleEndian<uint16_t>(rest.substr(4));
      if (!IsIntact(rest.substr(0, fragment_bytes), fragment_bytes)) {
        NoteDamage(path, offset + at);
      } else if (damage_ && BeginsWriteOfOurs(rest.substr(0, fragment_bytes))) {
        return AcknowledgedDamage();
      }
      // Is the length what was damaged, then no fragment is found up to the end of the block.
      if (fragment_bytes > rest.size() || fragment_bytes == kHeaderBytes) return absl::OkStatus();
      at += fragment_bytes;
    }
    return absl::OkStatus();
  }

  static bool IsIntact(absl::string_view fragment, size_t fragment_bytes) {
    return fragment.size() == fragment_bytes &&
           ReadLittleEndian<uint32_t>(fragment) == Masked(Crc32c(fragment.substr(kTypeOffset)));
  }

  // REQUIRES: the fragment is intact.
  static bool BeginsWriteOfOurs(absl::string_view fragment) {
    const auto type = static_cast<uint8_t>(fragment[kTypeOffset]);
    if (type == kFirstOfWrite) return true;
    return type == kWholeWrite && fragment.substr(kHeaderBytes).size() > kEmptyWriteBytes;
  }

  void NoteDamage(const std::string& path, uint64_t offset) {
    if (!damage_) damage_.emplace(path, offset);
  }

  absl::Status AcknowledgedDamage() const {
    return absl::DataLossError(absl::StrCat(
        damage_->first, " is damaged at byte ", damage_->second,
        ", before the end of what was acknowledged: restore the directory from a copy"));
  }

  std::optional<std::pair<std::string, uint64_t>> damage_;  // the first
};

}  // namespace

absl::Status CheckWriteAheadLogs(const std::string& directory) {
  NESTOR_ASSIGN_OR_RETURN(const std::vector<LogFile> logs, ListLogFiles(directory));
  WalChecker checker;
  for (const LogFile& log : logs) NESTOR_RETURN_IF_ERROR(checker.CheckFile(log.path));
  return absl::OkStatus();
}

}  // namespace nestor
