#include "engine/segment_file.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/flat_index.h"
#include "engine/hnsw_index.h"
#include "engine/ivf_index.h"
#include "engine/prefix_choice.h"
#include "engine/segment_sections.h"
#include "storage/check.h"
#include "storage/fixed_width.h"
#include "storage/status_macros.h"

namespace nestor {
namespace {

constexpr size_t kUuidBytes = 64;
constexpr size_t kPrefixDimsOffset = 12;
constexpr size_t kPrefixBitsOffset = 16;
constexpr size_t kLearntOffset = 28;
constexpr size_t kRowCountOffset = 32;
constexpr size_t kFirstSequenceOffset = 40;
constexpr size_t kPropertiesBytes = 112;

std::string MakeProperties(const ResolvedSpec& spec, const PrefixCodeFormat& prefix, uint64_t rows,
                           Sequence first_sequence) {
  NESTOR_CHECK(spec.uuid.size() <= kUuidBytes);
  std::string bytes;
  for (const uint32_t value : {kSegmentFormat, static_cast<uint32_t>(spec.metric), spec.dims,
                               prefix.dims, prefix.bits, static_cast<uint32_t>(spec.index_kind),
                               static_cast<uint32_t>(spec.rerank_tier), uint32_t{prefix.learnt}}) {
    AppendLittleEndian(value, &bytes);
  }
  AppendLittleEndian(rows, &bytes);
  AppendLittleEndian(ToNumber(first_sequence), &bytes);
  bytes += spec.uuid;
  bytes.resize(kPropertiesBytes);
  return bytes;
}

absl::Status ReadRows(const SectionReader& reader, size_t rows, Segment* segment) {
  NESTOR_RETURN_IF_ERROR(reader.Read(SegmentSection::kRows, rows, &segment->rows));
  Row last = kNoRow;
  for (const Row row : segment->rows) {
    if (row <= last) return reader.Damaged("rows do not ascend");
    last = row;
  }
  std::vector<uint32_t>& zeros = segment->zero_prefix_rows;
  const size_t count = reader.CountOf<uint32_t>(SegmentSection::kZeroPrefixRows);
  if (count > rows) return reader.Damaged("more rows with a zero prefix than rows");
  NESTOR_RETURN_IF_ERROR(reader.Read(SegmentSection::kZeroPrefixRows, count, &zeros));
  for (size_t i = 0; i < zeros.size(); ++i) {
    if (zeros[i] >= rows || (i > 0 && zeros[i] <= zeros[i - 1])) {
      return reader.Damaged("rows with a zero prefix do not ascend or are none");
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<const ShortlistIndex>> ReadIndex(const ResolvedSpec& spec,
                                                                const PrefixCodeFormat& prefix,
                                                                size_t rows,
                                                                const SectionReader& reader) {
  NESTOR_ASSIGN_OR_RETURN(PrefixCodes codes, PrefixCodes::Read(prefix, spec.dims, rows, reader));
  std::unique_ptr<const ShortlistIndex> index;
  switch (spec.index_kind) {
    case IndexKind::kFlat:
      index = std::make_unique<FlatIndex>(std::move(codes));
      break;
    case IndexKind::kHnsw: {
      NESTOR_ASSIGN_OR_RETURN(index, HnswIndex::Read(std::move(codes), reader));
      break;
    }
    case IndexKind::kIvf: {
      NESTOR_ASSIGN_OR_RETURN(index, IvfIndex::Read(std::move(codes), reader));
      break;
    }
  }
  return index;
}

absl::StatusOr<std::shared_ptr<const PointRecords>> OpenPoints(const ResolvedSpec& spec,
                                                               size_t rows,
                                                               const SectionReader& reader,
                                                               SectionCheck check) {
  constexpr SegmentSection kPoints = SegmentSection::kPointRecords;
  if (!reader.Has(kPoints)) return nullptr;
  const size_t row_bytes = PointRecordBytes(spec.dims);
  NESTOR_RETURN_IF_ERROR(reader.CheckCount<char>(kPoints, rows * row_bytes));
  if (check == SectionCheck::kContent) {
    NESTOR_RETURN_IF_ERROR(
        reader.CheckRows<char>(kPoints, row_bytes, [](size_t, auto) { return absl::OkStatus(); }));
  }
  NESTOR_ASSIGN_OR_RETURN(SectionFile file, reader.OpenSection(kPoints));
  return std::make_shared<const PointRecords>(std::move(file), spec.dims);
}

// Throws std::bad_alloc.
absl::Status Attach(const ResolvedSpec& spec, const SectionReader& reader, SectionCheck check,
                    Segment* segment) {
  const size_t rows = segment->rows.size();
  std::unique_ptr<RerankTier> tier = NewRerankTier(spec.rerank_tier, spec.metric, spec.dims, 0);
  NESTOR_RETURN_IF_ERROR(tier->Open(rows, reader, check));
  NESTOR_ASSIGN_OR_RETURN(segment->records, OpenPoints(spec, rows, reader, check));
  segment->tier = std::move(tier);
  return absl::OkStatus();
}

// Throws std::bad_alloc.
absl::StatusOr<std::shared_ptr<const Segment>> Read(const ResolvedSpec& spec,
                                                    const CheckedFileReader& file) {
  const SectionReader reader(file);
  std::vector<char> properties;
  NESTOR_RETURN_IF_ERROR(reader.Read(SegmentSection::kProperties, kPropertiesBytes, &properties));
  const absl::string_view bytes(properties.data(), properties.size());
  const auto rows = ReadLittleEndian<uint64_t>(bytes.substr(kRowCountOffset));
  const Sequence first_sequence{ReadLittleEndian<uint64_t>(bytes.substr(kFirstSequenceOffset))};
  const PrefixCodeFormat prefix{spec.metric,
                                ReadLittleEndian<uint32_t>(bytes.substr(kPrefixDimsOffset)),
                                ReadLittleEndian<uint32_t>(bytes.substr(kPrefixBitsOffset)),
                                ReadLittleEndian<uint32_t>(bytes.substr(kLearntOffset)) != 0};
  if (!IsFormatOf(spec, prefix) || bytes != MakeProperties(spec, prefix, rows, first_sequence)) {
    return reader.Damaged(absl::StrCat("it is not of collection '", spec.name,
                                       "' and its spec, or of another format than ",
                                       kSegmentFormat));
  }
  if (rows == 0 || rows > kMaxSegmentRows) {
    return reader.Damaged(absl::StrCat(rows, " rows are not in 1 to ", kMaxSegmentRows));
  }
  Segment segment;
  segment.first_sequence = first_sequence;
  segment.indexed = true;
  NESTOR_RETURN_IF_ERROR(ReadRows(reader, rows, &segment));
  NESTOR_ASSIGN_OR_RETURN(segment.index, ReadIndex(spec, prefix, rows, reader));
  NESTOR_RETURN_IF_ERROR(Attach(spec, reader, SectionCheck::kContent, &segment));
  return std::make_shared<const Segment>(std::move(segment));
}

}  // namespace

absl::StatusOr<uint32_t> WriteSegment(const Segment& segment, const TierRows& rows,
                                      const ResolvedSpec& spec, PointRecordSource* points,
                                      const CheckedFiles& files, absl::string_view name) {
  NESTOR_CHECK(segment.indexed);
  const std::string properties = MakeProperties(spec, segment.index->coder()->format(),
                                                segment.rows.size(), segment.first_sequence);
  SectionList sections;
  sections.Add(SegmentSection::kProperties, properties);
  sections.Add(SegmentSection::kRows, segment.rows);
  sections.Add(SegmentSection::kZeroPrefixRows, segment.zero_prefix_rows);
  segment.index->AddSections(&sections);
  std::vector<std::unique_ptr<SectionSource>> sources;
  rows.AddSections(&sections, &sources);
  if (points != nullptr) sections.AddSource(SegmentSection::kPointRecords, points);
  return files.Write(name, sections.sections());
}

absl::Status AttachFile(const ResolvedSpec& spec, const CheckedFiles& files, absl::string_view name,
                        Segment* segment) {
  NESTOR_ASSIGN_OR_RETURN(const CheckedFileReader file, CheckedFileReader::Open(files, name));
  try {
    return Attach(spec, SectionReader(file), SectionCheck::kLength, segment);
  } catch (const std::bad_alloc&) {
    return absl::ResourceExhaustedError(absl::StrCat("out of memory for ", file.path()));
  }
}

absl::StatusOr<std::shared_ptr<const Segment>> ReadSegment(const ResolvedSpec& spec,
                                                           const CheckedFiles& files,
                                                           absl::string_view name, uint32_t crc) {
  NESTOR_ASSIGN_OR_RETURN(const CheckedFileReader file, CheckedFileReader::Open(files, name));
  if (file.crc() != crc) {
    return absl::DataLossError(
        absl::StrCat(file.path(), " is another file than the one of that name"));
  }
  try {
    return Read(spec, file);
  } catch (const std::bad_alloc&) {
    return absl::ResourceExhaustedError(absl::StrCat("out of memory for ", file.path()));
  }
}

}  // namespace nestor
