#include "benchmarks/truth/truth.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <limits>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "benchmarks/data_files/vector_source.h"
#include "benchmarks/data_identity.h"
#include "benchmarks/float_matrix.h"
#include "benchmarks/machine.h"
#include "benchmarks/truth/neighbour_finder.h"
#include "benchmarks/truth_file.h"
#include "client/progress.h"
#include "storage/status_macros.h"

namespace nestor::bench {
namespace {

constexpr size_t kBlockBytes = size_t{64} << 20;  // of the base; two are held

struct Block {
  AlignedVector<float> values;
  uint64_t count = 0;
};

// Reads the base a block ahead of whoever searches it.
class BlockReader {
 public:
  BlockReader(VectorSource& source, Metric metric, const std::string& path)
      : source_(source),
        metric_(metric),
        path_(path),
        block_rows_(std::max<uint64_t>(1, kBlockBytes / (sizeof(float) * source.dims()))) {
    ReadAhead();
  }

  // The next block, without rows at the end.
  absl::StatusOr<Block> Next() {
    absl::StatusOr<Block> block = ahead_.get();
    if (block.ok()) ReadAhead();
    return block;
  }

 private:
  void ReadAhead() {
    const uint64_t first = next_;
    const uint64_t count = std::min(block_rows_, source_.rows() - first);
    next_ += count;
    ahead_ = std::async(std::launch::async, [this, first, count] { return Read(first, count); });
  }

  absl::StatusOr<Block> Read(uint64_t first, uint64_t count) {
    Block block;
    block.count = count;
    block.values.resize(count * source_.dims());
    NESTOR_RETURN_IF_ERROR(source_.ReadRows(first, count, block.values.data()));
    const VectorRows rows{block.values.data(), count, source_.dims(), first};
    NESTOR_RETURN_IF_ERROR(CheckVectors(rows, metric_, path_));
    return block;
  }

  VectorSource& source_;
  const Metric metric_;
  const std::string path_;
  const uint64_t block_rows_;
  uint64_t next_ = 0;
  std::future<absl::StatusOr<Block>> ahead_;
};

absl::StatusOr<Answers> Compute(const TruthOptions& options, Console& console) {
  NESTOR_ASSIGN_OR_RETURN(const FloatMatrix queries,
                          ReadFloatMatrix(options.queries, 0, options.metric));
  NESTOR_ASSIGN_OR_RETURN(const std::unique_ptr<VectorSource> source,
                          OpenVectorSource(options.base));
  const int threads = HardwareThreads();
  NeighbourFinder finder(queries, options.metric, options.limit, threads);
  Progress progress(console.err_is_terminal ? ProgressStyle::kBar : ProgressStyle::kLines,
                    source->rows(), absl::Now());
  BlockReader reader(*source, options.metric, options.base);
  for (uint64_t done = 0; done < source->rows();) {
    NESTOR_ASSIGN_OR_RETURN(const Block block, reader.Next());
    finder.Add(block.values.data(), block.count);
    done += block.count;
    if (const auto text = progress.Update(done, absl::Now())) console.err << *text << std::flush;
  }
  console.err << progress.Finish() << std::flush;
  return finder.Take();
}

std::string CachedFile(const TruthOptions& options, const DataIdentity& data) {
  return (std::filesystem::path(options.cache) /
          absl::StrCat(data.base_hash, "-", data.queries_hash, "-", MetricName(options.metric), "-",
                       options.limit, ".npy"))
      .string();
}

// Nothing when it is not there, or is not what it should be.
std::optional<Answers> FromCache(const TruthOptions& options, const DataIdentity& data) {
  if (options.cache.empty()) return std::nullopt;
  absl::StatusOr<Answers> answers =
      ReadTruth(CachedFile(options, data), data, options.metric, options.limit);
  return answers.ok() ? std::optional<Answers>(*std::move(answers)) : std::nullopt;
}

void ToCache(const TruthOptions& options, const DataIdentity& data, const Answers& answers,
             Console& console) {
  if (options.cache.empty()) return;
  std::error_code error;
  std::filesystem::create_directories(options.cache, error);
  const absl::Status written =
      WriteTruth(CachedFile(options, data), answers, data, options.metric, console);
  if (!written.ok()) console.err << "not cached: " << written.message() << std::endl;
}

absl::Status CheckSizes(const TruthOptions& options, const DataIdentity& data) {
  if (options.limit > data.rows) {
    return absl::InvalidArgumentError(absl::StrCat("limit ", options.limit, " exceeds the ",
                                                   data.rows, " rows of ", options.base));
  }
  constexpr uint64_t kMaxRows = std::numeric_limits<int32_t>::max();
  if (data.rows <= kMaxRows) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(options.base, " has ", data.rows, " rows, ", kMaxRows, " at most are counted"));
}

}  // namespace

std::string DefaultCacheFolder() {
  const char* cache = std::getenv("XDG_CACHE_HOME");
  if (cache != nullptr && *cache != '\0') return absl::StrCat(cache, "/nestor-bench");
  const char* home = std::getenv("HOME");
  if (home != nullptr && *home != '\0') return absl::StrCat(home, "/.cache/nestor-bench");
  return "";
}

absl::Status FindTruth(const TruthOptions& options, Console& console) {
  NESTOR_RETURN_IF_ERROR(CheckTruthPath(options.out));
  NESTOR_ASSIGN_OR_RETURN(const DataIdentity data, IdentifyData(options.base, options.queries));
  NESTOR_RETURN_IF_ERROR(CheckSizes(options, data));
  std::optional<Answers> answers = FromCache(options, data);
  const bool cached = answers.has_value();
  if (!cached) {
    NESTOR_ASSIGN_OR_RETURN(answers, Compute(options, console));
    ToCache(options, data, *answers, console);
  }
  NESTOR_RETURN_IF_ERROR(WriteTruth(options.out, *answers, data, options.metric, console));
  console.out << options.out << ": " << answers->size() << " queries x " << options.limit
              << " nearest of " << data.rows << " rows, " << MetricName(options.metric)
              << (cached ? ", from the cache" : "")
              << (data.generated.has_value() ? ", synthetic data" : "") << std::endl;
  return absl::OkStatus();
}

}  // namespace nestor::bench
