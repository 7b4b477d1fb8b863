#include "benchmarks/data_files/content_hash.h"

#include <xxhash.h>

#include "absl/strings/str_cat.h"
#include "client/input_file.h"
#include "storage/check.h"
#include "storage/status_macros.h"

namespace nestor::bench {
namespace {

constexpr size_t kBlockBytes = size_t{4} << 20;

}  // namespace

void ContentHash::Freer::operator()(XXH3_state_s* state) const { XXH3_freeState(state); }

ContentHash::ContentHash() : state_(XXH3_createState()) {
  NESTOR_CHECK(state_ != nullptr && XXH3_128bits_reset(state_.get()) == XXH_OK);
}

void ContentHash::Add(absl::string_view bytes) {
  XXH3_128bits_update(state_.get(), bytes.data(), bytes.size());
}

std::string ContentHash::Hex() const {
  const XXH128_hash_t hash = XXH3_128bits_digest(state_.get());
  return absl::StrCat(absl::Hex(hash.high64, absl::kZeroPad16),
                      absl::Hex(hash.low64, absl::kZeroPad16));
}

absl::StatusOr<std::string> HashFile(const std::string& path) {
  NESTOR_ASSIGN_OR_RETURN(InputFile file, InputFile::Open(path));
  ContentHash hash;
  for (std::string block;; block.clear()) {
    NESTOR_RETURN_IF_ERROR(file.ReadMore(kBlockBytes, block));
    if (block.empty()) return hash.Hex();
    hash.Add(block);
  }
}

}  // namespace nestor::bench
