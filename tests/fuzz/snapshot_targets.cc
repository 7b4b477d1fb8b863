// Snapshots that somebody else may have made.

#include <cmath>
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/snapshot_manifest.h"
#include "engine/snapshot_points.h"
#include "engine/stored_payload.h"
#include "rocksdb/env.h"
#include "storage/check.h"
#include "storage/checked_file.h"
#include "storage/payload.pb.h"
#include "tests/engine/test_collection.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/testing/random_vectors.h"

namespace nestor::testing {
namespace {

constexpr uint32_t kDims = 4;
constexpr uint64_t kPoints = 12;
constexpr uint32_t kManifest = 0;  // among the sections of the points
constexpr char kFile[] = "points";
constexpr char kName[] = "docs-20261126T121730Z-0a1b2c3d";

using Sections = std::map<uint32_t, std::string>;

// In memory, the same one for all inputs.
CheckedFiles& Files() {
  static rocksdb::Env* const env = rocksdb::NewMemEnv(rocksdb::Env::Default());
  static CheckedFiles* const files = CheckedFiles::Open("/snapshot", env).value().release();
  return *files;
}

std::string GoodManifest() {
  CollectionSpec spec;
  spec.name = "docs";
  spec.dims = kDims;
  spec.labels = {{"a", "b"}};
  spec.payload_indexes = {{"number", FieldType::kInt}};
  storage::SnapshotRecord record;
  record.set_format(kSnapshotFormat);
  record.set_name(kName);
  *record.mutable_collection() = ToRecord(spec);
  record.set_create_time_us(1'795'695'450'000'000);
  record.set_sequence(7);
  record.set_points(kPoints);
  record.add_files()->set_points(kPoints);
  return record.SerializeAsString();
}

// The sections of good points, and the manifest.
Sections GoodSections() {
  SnapshotPointsWriter writer;
  Random random(5);
  storage::PayloadRecord payload;
  payload.add_fields()->set_name("number");
  for (uint64_t i = 0; i < kPoints; ++i) {
    const std::vector<float> vector = random.GaussianVector(kDims);
    writer.Append(i < kPoints / 2 ? Id(i) : PointId::FromString(std::string(i, 'a')),
                  {reinterpret_cast<const char*>(vector.data()), kDims * sizeof(float)},
                  i % 2 == 0 ? payload.SerializeAsString() : "",
                  i % 3 == 0 ? ExpireTime(1'700'000'000'000'000) : ExpireTime());
  }
  NESTOR_CHECK(writer.Write(Files(), kFile).ok());
  const CheckedFileReader file = ValueOf(CheckedFileReader::Open(Files(), kFile));
  Sections sections = {{kManifest, GoodManifest()}};
  for (uint32_t id = 1; id < kMaxFileSections; ++id) {
    if (!file.Has(id)) continue;
    sections[id].resize(file.BytesOf(id));
    NESTOR_CHECK(file.Read(id, sections[id].data(), sections[id].size()).ok());
  }
  return sections;
}

// What is read is what a request could have written.
absl::Status CheckPoints(const CollectionSpec& spec, absl::Span<const UpsertItem> points) {
  for (const UpsertItem& point : points) {
    NESTOR_CHECK(!point.id.encoded().empty());
    NESTOR_CHECK(point.vector.size() == spec.dims);
    for (const float value : point.vector) NESTOR_CHECK(std::isfinite(value));
    NESTOR_CHECK(CheckStoredPayload(point.payload).ok());
  }
  return absl::OkStatus();
}

void RunManifestAndPoints(const Sections& sections) {
  const absl::StatusOr<SnapshotManifest> manifest =
      ParseSnapshotManifest(sections.at(kManifest), kName);
  NESTOR_CHECK(manifest.ok() || absl::IsDataLoss(manifest.status()) ||
               absl::IsFailedPrecondition(manifest.status()));
  if (!manifest.ok()) return;
  std::vector<FileSection> list;
  for (const auto& [id, bytes] : sections) {
    if (id != kManifest) list.push_back({id, bytes});
  }
  (void)Files().Remove(kFile);  // of the input before
  (void)ValueOf(Files().Write(kFile, list));
  const CheckedFileReader file = ValueOf(CheckedFileReader::Open(Files(), kFile));
  PointId last;
  for (const storage::SnapshotRecord::File& expected : manifest->snapshot.files()) {
    const absl::Status status = ReadSnapshotPoints(
        file, manifest->spec, expected.points(), &last,
        [&](absl::Span<const UpsertItem> points) { return CheckPoints(manifest->spec, points); });
    NESTOR_CHECK(status.ok() || absl::IsDataLoss(status));
    if (!status.ok()) return;
  }
}

// The input edits a good snapshot under right checksums: each eight bytes are a section or the
// manifest, what to do with it, where, and with which value. If it begins with an 'm', the rest of
// it is the manifest.
void RunSnapshot(absl::string_view input) {
  static const Sections* const good = std::make_unique<Sections>(GoodSections()).release();
  Sections sections = *good;
  if (!input.empty() && input[0] == 'm') {
    sections[kManifest] = std::string(input.substr(1));
    return RunManifestAndPoints(sections);
  }
  for (; input.size() >= 8; input.remove_prefix(8)) {
    auto section = sections.begin();
    std::advance(section, static_cast<uint8_t>(input[0]) % sections.size());
    std::string& bytes = section->second;
    uint16_t at = 0;
    std::memcpy(&at, input.data() + 2, sizeof(at));
    if (input[1] % 8 == 7) {
      bytes.resize(at);
    } else if (bytes.size() >= 4) {
      std::memcpy(bytes.data() + at % (bytes.size() - 3), input.data() + 4, 4);
    }
  }
  RunManifestAndPoints(sections);
}

}  // namespace

std::vector<FuzzTarget> SnapshotTargets() { return {{"Snapshot", RunSnapshot}}; }

}  // namespace nestor::testing
