#include "tests/crash/rest_damage.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <utility>

#include "absl/strings/match.h"

namespace nestor::testing {
namespace {

namespace fs = std::filesystem;

constexpr size_t kPageBytes = 4096;

std::string KindOf(const fs::path& path) {
  const std::string name = path.filename();
  for (const char* extension : {"segment", "sst", "log"}) {
    if (path.extension() == std::string(".") + extension) return extension;
  }
  for (const char* start : {"MANIFEST", "CURRENT", "OPTIONS", "IDENTITY"}) {
    if (absl::StartsWith(name, start)) return start;
  }
  return "";
}

std::string Read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

void Write(const fs::path& path, const std::string& content) {
  std::ofstream(path, std::ios::binary).write(content.data(), std::ssize(content));
}

void Flip(std::string* content, Random* random) {
  char& byte = (*content)[random->Below(content->size())];
  byte = static_cast<char>(byte ^ (1 << random->Below(8)));
}

void Zero(std::string* content, Random* random) {
  const size_t begin = random->Below(content->size());
  const size_t length = std::min(kPageBytes, content->size() - begin);
  std::fill_n(content->begin() + static_cast<ptrdiff_t>(begin), length, '\0');
}

// Another file, of the same kind if possible; `path` itself if there is none.
fs::path PartnerOf(const fs::path& path, const std::vector<fs::path>& same_kind,
                   const std::vector<fs::path>& all, Random* random) {
  const std::vector<fs::path>& choice = same_kind.size() > 1 ? same_kind : all;
  const size_t at = random->Below(choice.size());
  return choice[at] == path ? choice[(at + 1) % choice.size()] : choice[at];
}

}  // namespace

std::map<std::string, std::vector<fs::path>> FilesByKind(const fs::path& data) {
  std::map<std::string, std::vector<fs::path>> kinds;
  for (const auto& entry : fs::recursive_directory_iterator(data)) {
    if (!entry.is_regular_file() || entry.file_size() == 0) continue;
    const std::string kind = KindOf(entry.path());
    if (!kind.empty()) kinds[kind].push_back(entry.path());
  }
  for (auto& [kind, files] : kinds) std::sort(files.begin(), files.end());
  return kinds;
}

absl::StatusOr<RestDamage> DamageAtRest(const fs::path& data, Random* random) {
  const auto kinds = FilesByKind(data);
  if (kinds.empty()) return absl::NotFoundError("there is no file to damage");
  const auto& [kind, files] =
      *std::next(kinds.begin(), static_cast<ptrdiff_t>(random->Below(kinds.size())));
  const fs::path path = files[random->Below(files.size())];
  std::string content = Read(path);
  const std::string before = content;
  RestDamage damage{.kind = kind, .harm = "flip", .files = {path}};
  switch (random->Below(4)) {
    case 0:
      Flip(&content, random);
      break;
    case 1:
      damage.harm = "cut";
      content.resize(random->Below(content.size()));
      break;
    case 2:
      damage.harm = "zero";
      Zero(&content, random);
      break;
    default: {
      damage.harm = "swap";
      std::vector<fs::path> all;
      for (const auto& [other, others] : kinds) all.insert(all.end(), others.begin(), others.end());
      const fs::path partner = PartnerOf(path, files, all, random);
      content = Read(partner);
      Write(partner, before);
      damage.files.push_back(partner);
    }
  }
  if (content == before) damage.files.clear();
  Write(path, content);
  return damage;
}

}  // namespace nestor::testing
