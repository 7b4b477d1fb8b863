#ifndef NESTOR_ENGINE_IVF_INDEX_H_
#define NESTOR_ENGINE_IVF_INDEX_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/flat_index.h"
#include "engine/int8_prefixes.h"
#include "engine/prefix_reader.h"
#include "engine/shortlist_index.h"

namespace nestor {

// Lists are a first sorting only, to which more dims have nothing to add.
inline constexpr uint32_t kMaxListDims = 64;

struct IvfBuildParams {
  uint32_t lists = 0;  // 0: 4 * sqrt(rows)
  int threads = 1;
  uint64_t seed = 1234;
  const std::atomic<bool>* cancelled = nullptr;  // looked at between steps; null: never cancelled
};

// `lists` centroids of the prefixes, row-major lists x dims, trained by FAISS's k-means on a
// sample. Spherical for cosine. ResourceExhaustedError if memory runs out, InternalError if FAISS
// fails. REQUIRES: 1 <= lists <= prefixes.rows().
absl::StatusOr<std::vector<float>> TrainCentroids(const PrefixReader& prefixes, uint32_t lists,
                                                  const IvfBuildParams& params);

// An inverted file: rows grouped by their nearest centroid, the codes of a list one behind the
// other. A search scans the lists whose centroids are nearest to the query, and further ones until
// it has as many live rows as were asked for. Where a filter leaves fewer live rows near the query
// than elsewhere, it goes on: see IsEnough.
class IvfIndex : public ShortlistIndex {
 public:
  // Errors are those of TrainCentroids, and CancelledError if params.cancelled says so. REQUIRES:
  // codes.size() > 0; prefixes are those of the same rows, of at most as many dims.
  static absl::StatusOr<std::unique_ptr<IvfIndex>> Build(const PrefixCodes& codes,
                                                         const PrefixReader& prefixes,
                                                         const IvfBuildParams& params);
  // The lists of these codes, which are in their order, from a file.
  static absl::StatusOr<std::unique_ptr<IvfIndex>> Read(PrefixCodes codes,
                                                        const SectionReader& reader);

  void Search(absl::Span<const IndexSearch> searches, const RowBitmap& dead,
              ShortlistScratch* scratch) const override;
  const std::shared_ptr<const PrefixCoder>& coder() const override { return codes_.shared_coder(); }
  void AppendCodes(absl::Span<const uint32_t> rows, PrefixCodes* to) const override;
  void AddSections(SectionList* sections) const override;
  size_t MemoryBytes() const override;

 private:
  IvfIndex(std::vector<float> centroids, size_t lists, const PrefixCodes& codes,
           const std::vector<uint32_t>& list_of_row);
  explicit IvfIndex(PrefixCodes codes)
      : coded_centroids_(codes.format().metric, 0, 0), codes_(std::move(codes)) {}

  absl::Status CheckLists(const SectionReader& reader) const;
  size_t lists() const { return list_begin_.size() - 1; }
  size_t ListSize(uint32_t list) const { return list_begin_[list + 1] - list_begin_[list]; }
  // `rows` whose codes were scored, and all centroids.
  void AddReads(size_t rows, IndexReads* reads) const;
  // See ScanCodes.
  size_t ScanList(uint32_t list, const RowBitmap& dead, absl::Span<CodeScan* const> scans) const;

  std::vector<float> centroids_;
  Int8Prefixes coded_centroids_;      // how near a list is to a query
  PrefixCodes codes_;                 // by position: list after list
  std::vector<uint32_t> list_begin_;  // list l holds positions list_begin_[l] to list_begin_[l + 1]
  std::vector<uint32_t> row_at_;      // position -> local row
};

}  // namespace nestor

#endif  // NESTOR_ENGINE_IVF_INDEX_H_
