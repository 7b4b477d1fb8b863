// Files that somebody else may have written.

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/segment_file.h"
#include "rocksdb/env.h"
#include "storage/check.h"
#include "storage/checked_file.h"
#include "tests/engine/test_collection.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/testing/random_vectors.h"

namespace nestor::testing {
namespace {

constexpr uint32_t kDims = 710;  // so that codes are split
constexpr uint32_t kDimsToLearn = 70;
constexpr size_t kRows = 60;
constexpr size_t kRowsToLearnFrom = 300;
constexpr char kName[] = "file";

// In memory, the same one for all inputs.
CheckedFiles& Files() {
  static rocksdb::Env* const env = rocksdb::NewMemEnv(rocksdb::Env::Default());
  static CheckedFiles* const files = CheckedFiles::Open("/files", env).value().release();
  return *files;
}

using Sections = std::map<uint32_t, std::string>;

// All sections of the file; stops the process if one that is there cannot be read and is not
// damaged.
Sections ReadSections(const CheckedFileReader& file) {
  Sections sections;
  for (uint32_t id = 0; id < kMaxFileSections; ++id) {
    std::string bytes(file.BytesOf(id), '\0');
    const absl::Status status = file.Read(id, bytes.data(), bytes.size());
    NESTOR_CHECK(status.ok() || absl::IsDataLoss(status));
    if (status.ok()) sections[id] = std::move(bytes);
  }
  return sections;
}

// The input is the file.
void RunCheckedFile(absl::string_view input) {
  NESTOR_CHECK(
      rocksdb::WriteStringToFile(Files().env(), {input.data(), input.size()}, Files().PathOf(kName))
          .ok());
  const absl::StatusOr<CheckedFileReader> file = CheckedFileReader::Open(Files(), kName);
  NESTOR_CHECK(file.ok() || absl::IsDataLoss(file.status()));
  if (file.ok()) (void)ReadSections(*file);
}

ResolvedSpec SpecOf(uint8_t kind) {
  CollectionSpec spec;
  spec.name = "docs";
  spec.prefix_dims = 20;
  spec.index_kind = static_cast<IndexKind>(kind % 3);
  spec.metric = static_cast<Metric>(kind / 3 % 3);
  constexpr uint32_t kBits[] = {8, 32, 4, 1, 2};
  spec.prefix_bits = kBits[kind / 36 % std::size(kBits)];
  spec.rerank_tier = kind / 9 % 2 == 0 ? TierKind::kInt8 : TierKind::kFloat32;
  spec.hnsw_m = 3;  // so that there are levels
  spec.transform = kind / 180 == 0 ? Transform::kNone : Transform::kPca;
  spec.dims = spec.transform == Transform::kNone ? kDims : kDimsToLearn;
  return Resolve(spec);
}

// The sections of a good segment of that kind.
Sections GoodSections(const ResolvedSpec& spec) {
  const size_t rows = spec.transform == Transform::kNone ? kRows : kRowsToLearnFrom;
  SegmentBuilder builder(spec, FirstCoder(spec), rows);
  Random random(5);
  for (uint64_t row = 1; row <= rows; ++row) {
    builder.Append(Row{row}, Sequence{row}, random.GaussianVector(spec.dims).data());
  }
  const std::shared_ptr<const Segment> flat = std::move(builder).Finish();
  const RowBitmap dead(rows);
  const auto segment = Merge(spec, {{flat.get(), &dead}});
  NESTOR_CHECK(
      WriteSegment(*segment, TierRows(*segment->tier), spec, nullptr, Files(), kName).ok());
  return ReadSections(ValueOf(CheckedFileReader::Open(Files(), kName)));
}

void SearchAll(const Segment& segment, const ResolvedSpec& spec) {
  const std::vector<float> vector = Random(6).GaussianVector(spec.dims);
  const PrefixQuery prefix(*segment.index->coder(), vector.data());
  const FullQuery query(spec.metric, vector.data(), spec.dims);
  const RowBitmap dead(segment.rows.size());
  ShortlistScratch scratch;
  ScoredRows found;
  segment.index->Search({{&prefix, {.size = 20, .ef = 30, .nprobe = 5}, &found}}, dead, &scratch);
  std::vector<uint32_t> rows;
  for (const ScoredRow& scored : found) rows.push_back(scored.row);
  std::vector<float> scores(rows.size()), errors(rows.size());
  segment.tier->ScoreWithError(query, rows, ErrorBound::kCertain, scores.data(), errors.data());
  segment.tier->ScoreRoughly(query, rows, scores.data(), errors.data());
  segment.tier->Score(query, rows, 64, scores.data());
  RowBitmap half(segment.rows.size());
  for (size_t row = 0; row < segment.rows.size(); row += 2) half.Set(row);
  (void)Merge(spec, {{&segment, &half}});
}

// The input edits a good segment under right checksums: one byte chooses its kind, and each eight
// bytes behind it are a section, what to do with it, where, and with which value.
void RunSegmentFile(absl::string_view input) {
  if (input.empty()) return;
  const ResolvedSpec spec = SpecOf(static_cast<uint8_t>(input[0]));
  static std::map<uint8_t, Sections>* const good = new std::map<uint8_t, Sections>;
  Sections& original = (*good)[static_cast<uint8_t>(input[0])];
  if (original.empty()) original = GoodSections(spec);
  Sections sections = original;
  for (input.remove_prefix(1); input.size() >= 8 && !sections.empty(); input.remove_prefix(8)) {
    auto section = sections.begin();
    std::advance(section, static_cast<uint8_t>(input[0]) % sections.size());
    std::string& bytes = section->second;
    uint16_t at = 0;
    std::memcpy(&at, input.data() + 2, sizeof(at));
    if (input[1] % 8 == 7) {
      bytes.resize(at);
    } else if (bytes.size() >= 4) {
      std::memcpy(bytes.data() + at % (bytes.size() / 4) * 4, input.data() + 4, 4);
    }
  }
  std::vector<FileSection> list;
  for (const auto& [id, bytes] : sections) list.push_back({id, bytes});
  (void)Files().Remove(kName);  // of the input before
  const uint32_t crc = ValueOf(Files().Write(kName, list));
  const auto segment = ReadSegment(spec, Files(), kName, crc);
  NESTOR_CHECK(segment.ok() || absl::IsDataLoss(segment.status()));
  if (segment.ok()) SearchAll(**segment, spec);
}

}  // namespace

std::vector<FuzzTarget> SegmentTargets() {
  return {{"CheckedFile", RunCheckedFile}, {"SegmentFile", RunSegmentFile}};
}

}  // namespace nestor::testing
