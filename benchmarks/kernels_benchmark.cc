// How fast each kernel is, on every instruction set that this processor runs.
//
//   kernels_benchmark --benchmark_filter='dot_packed4/.*/dram'
//
// Names: kernel/set/dims/where. `cache`: rows in order, all in the second-level cache. `dram`: rows
// in order, from memory. `gather`: rows of a random list, from memory, as a search reads them.
// rows/s counts rows, bytes/s the bytes of the rows themselves (codes and scales; not the query,
// not the results).

#include <benchmark/benchmark.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <numeric>
#include <random>
#include <string>
#include <type_traits>
#include <vector>

#include "engine/kernels/int8_query.h"
#include "engine/kernels/kernel_table.h"
#include "engine/kernels/packed_codec.h"
#include "engine/kernels/packed_query.h"

namespace nestor::kernels {
namespace {

enum class Place { kCache, kDram, kGather };

constexpr size_t kCacheBytes = size_t{256} << 10;
constexpr size_t kDramBytes = size_t{512} << 20;  // more than any third-level cache we know
constexpr size_t kTinyBytes = size_t{1}
                              << 20;  // for runs that only see whether all this still works
constexpr size_t kListLength =
    256;  // rows in one call, about what a search step or a rerank asks for

const char* Name(Place place) {
  switch (place) {
    case Place::kCache:
      return "cache";
    case Place::kDram:
      return "dram";
    case Place::kGather:
      return "gather";
  }
  return "";
}

// NESTOR_BENCHMARK_TINY=1 keeps the rows small: the test that this program still runs.
size_t WorkingBytes(Place place) {
  if (place == Place::kCache) return kCacheBytes;
  return std::getenv("NESTOR_BENCHMARK_TINY") != nullptr ? kTinyBytes : kDramBytes;
}

// One allocation for all benchmarks, in huge pages as the rerank tier has them: numbers that are
// sound as float32 and byte for byte as int8 codes (no -128), as half precision hardly worse.
class Arena {
 public:
  explicit Arena(size_t bytes)
      : size_(bytes / sizeof(float)),
        floats_(static_cast<float*>(std::aligned_alloc(kHugePage, WholePages(bytes)))) {
    madvise(floats_, bytes, MADV_HUGEPAGE);
    std::minstd_rand random(1);
    for (size_t i = 0; i < size_; ++i) {
      constexpr size_t kPeriod = 1 << 16;
      floats_[i] = i < kPeriod ? static_cast<float>(random()) * 0x1p-31f : floats_[i - kPeriod];
    }
  }
  const float* floats() const { return floats_; }
  const int8_t* codes() const { return reinterpret_cast<const int8_t*>(floats_); }
  const uint16_t* halves() const { return reinterpret_cast<const uint16_t*>(floats_); }

 private:
  static constexpr size_t kHugePage = size_t{2} << 20;

  // aligned_alloc requires a size that is a multiple of the alignment.
  static size_t WholePages(size_t bytes) { return (bytes + kHugePage - 1) / kHugePage * kHugePage; }

  size_t size_;
  float* floats_;
};

const Arena& Rows() {
  static const Arena& arena = *new Arena(WorkingBytes(Place::kDram));
  return arena;
}

// What one benchmark reads: `rows` rows of `row_bytes`, and the lists to read them by, one list per
// call.
struct Work {
  Work(Place where, size_t bytes_of_a_row)
      : place(where), row_bytes(bytes_of_a_row), rows(WorkingBytes(where) / bytes_of_a_row) {
    const size_t lists = std::max<size_t>(1, rows / kListLength);
    ids.resize(lists * kListLength);
    std::mt19937 random(2);
    for (uint32_t& id : ids) id = static_cast<uint32_t>(random() % rows);
  }

  // Calls score(first row, list) once per iteration, walking through all rows or all lists.
  template <typename Score>
  void Run(benchmark::State& state, Score score) const {
    const size_t count = std::min(kListLength, rows);
    const size_t calls = place == Place::kGather ? ids.size() / kListLength : rows / count;
    size_t call = 0;
    for (auto _ : state) {
      if (place == Place::kGather) {
        score(size_t{0}, RowList{ids.data() + call * kListLength, kListLength});
      } else {
        score(call * count, RowList{nullptr, count});
      }
      benchmark::ClobberMemory();
      call = call + 1 == calls ? 0 : call + 1;
    }
    const size_t scored = place == Place::kGather ? kListLength : count;
    const auto total = static_cast<int64_t>(state.iterations() * scored);
    state.SetItemsProcessed(total);
    state.SetBytesProcessed(total * static_cast<int64_t>(row_bytes));
  }

  Place place;
  size_t row_bytes;
  size_t rows;
  std::vector<uint32_t> ids;
};

std::vector<float> Query(size_t dims) { return {Rows().floats(), Rows().floats() + dims}; }

using FloatRowsKernel = decltype(KernelTable::dot_f32);

void RunFloatRows(benchmark::State& state, FloatRowsKernel kernel, size_t dims, Place place) {
  const Work work(place, dims * sizeof(float));
  const std::vector<float> query = Query(dims);
  std::vector<float> out(kListLength);
  work.Run(state, [&](size_t first, RowList list) {
    kernel(query.data(), {Rows().floats() + first * dims, dims}, list, dims, out.data());
  });
}

using PairKernel = decltype(KernelTable::dot_f32_pair);

void RunPairs(benchmark::State& state, PairKernel kernel, size_t dims, Place place) {
  const Work work(place, dims * sizeof(float));
  const std::vector<float> query = Query(dims);
  work.Run(state, [&](size_t first, RowList list) {
    for (size_t i = 0; i < list.count; ++i) {
      const size_t row = list.ids != nullptr ? list.ids[i] : first + i;
      benchmark::DoNotOptimize(kernel(query.data(), Rows().floats() + row * dims, dims));
    }
  });
}

using ExactKernel = decltype(KernelTable::dot_exact);

void RunExact(benchmark::State& state, ExactKernel kernel, size_t dims, Place place) {
  const Work work(place, dims * sizeof(float));
  const std::vector<float> query = Query(dims);
  work.Run(state, [&](size_t first, RowList list) {
    for (size_t i = 0; i < list.count; ++i) {
      const size_t row = list.ids != nullptr ? list.ids[i] : first + i;
      benchmark::DoNotOptimize(kernel(query.data(), Rows().floats() + row * dims, dims));
    }
  });
}

using CosineKernel = decltype(KernelTable::cosine_exact);

void RunCosine(benchmark::State& state, CosineKernel kernel, size_t dims, Place place) {
  const Work work(place, dims * sizeof(float));
  const std::vector<float> query = Query(dims);
  std::vector<double> wide(query.begin(), query.end());
  wide.resize(dims + kWideQueryDims);
  work.Run(state, [&](size_t first, RowList list) {
    for (size_t i = 0; i < list.count; ++i) {
      const size_t row = list.ids != nullptr ? list.ids[i] : first + i;
      benchmark::DoNotOptimize(kernel(wide.data(), Rows().floats() + row * dims, dims));
    }
  });
}

using BlockInt8Kernel = decltype(KernelTable::dot_block_int8);

// A row in one place, as in a tier.
size_t Int8RowBytes(size_t dims) { return PaddedDims(dims) + BlockCount(dims) * sizeof(float); }
BlockInt8Rows Int8RowsFrom(size_t first, size_t dims, size_t split_blocks) {
  const int8_t* const rows = Rows().codes() + first * Int8RowBytes(dims);
  return {.codes = rows + BlockCount(dims) * sizeof(float),
          .code_stride = Int8RowBytes(dims),
          .scales = reinterpret_cast<const float*>(rows),
          .scale_stride = Int8RowBytes(dims) / sizeof(float),
          .blocks = BlockCount(dims),
          .split_blocks = split_blocks};
}

void RunBlockInt8(benchmark::State& state, BlockInt8Kernel kernel, size_t dims, Place place,
                  size_t split_blocks, bool with_norms) {
  const Work work(place, Int8RowBytes(dims));
  const std::vector<float> query = Query(dims);
  const PreparedQuery prepared(query.data(), dims);
  std::vector<float> out(kListLength);
  std::vector<float> norms2(kListLength);
  work.Run(state, [&](size_t first, RowList list) {
    kernel(prepared.view(), Int8RowsFrom(first, dims, split_blocks), list, dims, out.data(),
           with_norms ? norms2.data() : nullptr);
  });
}

using RoughInt8Kernel = decltype(KernelTable::dot_block_int8_rough);

void RunRoughInt8(benchmark::State& state, RoughInt8Kernel kernel, size_t dims, Place place,
                  size_t split_blocks) {
  const Work work(place, Int8RowBytes(dims));
  const std::vector<float> query = Query(dims);
  const PreparedQuery prepared(query.data(), dims);
  std::vector<float> out(kListLength);
  work.Run(state, [&](size_t first, RowList list) {
    kernel(prepared.view(), Int8RowsFrom(first, dims, split_blocks), list, dims, out.data());
  });
}

using Int8Kernel = decltype(KernelTable::dot_int8);

void RunInt8(benchmark::State& state, Int8Kernel kernel, size_t dims, Place place) {
  const size_t bytes = PaddedDims(dims);
  const Work work(place, bytes);
  std::vector<int32_t> out(kListLength);
  work.Run(state, [&](size_t first, RowList list) {
    kernel(Rows().codes(), {Rows().codes() + first * bytes, bytes}, list, bytes, out.data());
  });
}

using PackedKernel = std::remove_reference_t<decltype(KernelTable::dot_packed[0])>;

void RunPacked(benchmark::State& state, PackedKernel kernel, size_t dims, int bits, Place place) {
  const size_t bytes = PackedBytes(dims, bits);
  const Work work(place, bytes);
  const std::vector<float> query = Query(dims);
  const PreparedPackedQuery prepared(query.data(), dims, bits, 0);
  const auto* const codes = reinterpret_cast<const uint8_t*>(Rows().codes());
  std::vector<float> out(kListLength);
  work.Run(state, [&](size_t first, RowList list) {
    kernel(prepared.view(), {codes + first * bytes, bytes}, list, out.data());
  });
}

using HalfKernel = decltype(KernelTable::f16_to_f32);

void RunHalf(benchmark::State& state, HalfKernel kernel, size_t dims, Place place) {
  const Work work(place, dims * sizeof(uint16_t));
  const uint16_t* const halves = Rows().halves();
  std::vector<float> out(dims);
  work.Run(state, [&](size_t first, RowList list) {
    for (size_t i = 0; i < list.count; ++i) {
      const size_t row = list.ids != nullptr ? list.ids[i] : first + i;
      kernel(halves + row * dims, dims, out.data());
    }
  });
}

template <typename Run>
void Register(const std::string& kernel, const KernelTable& table, size_t dims, Place place,
              Run run) {
  const std::string name =
      kernel + "/" + table.name + "/" + std::to_string(dims) + "/" + Name(place);
  benchmark::RegisterBenchmark(name.c_str(), run);
}

void RegisterTable(const KernelTable& table, size_t dims, Place place) {
  const auto add = [&](const std::string& kernel, auto run) {
    Register(kernel, table, dims, place, run);
  };
  using State = benchmark::State;
  const KernelTable* t = &table;
  add("dot_f32_pair", [=](State& s) { RunPairs(s, t->dot_f32_pair, dims, place); });
  add("l2_f32_pair", [=](State& s) { RunPairs(s, t->l2_f32_pair, dims, place); });
  add("dot_f32", [=](State& s) { RunFloatRows(s, t->dot_f32, dims, place); });
  add("l2_f32", [=](State& s) { RunFloatRows(s, t->l2_f32, dims, place); });
  add("dot_exact", [=](State& s) { RunExact(s, t->dot_exact, dims, place); });
  add("l2_exact", [=](State& s) { RunExact(s, t->l2_exact, dims, place); });
  add("cosine_exact", [=](State& s) { RunCosine(s, t->cosine_exact, dims, place); });
  add("dot_block_int8",
      [=](State& s) { RunBlockInt8(s, t->dot_block_int8, dims, place, 0, false); });
  add("dot_block_int8_norms",
      [=](State& s) { RunBlockInt8(s, t->dot_block_int8, dims, place, 0, true); });
  const size_t split = BlockCount(dims) - BlockCount(dims / 4);
  add("dot_block_int8_split",
      [=](State& s) { RunBlockInt8(s, t->dot_block_int8, dims, place, split, false); });
  add("dot_block_int8_rough",
      [=](State& s) { RunRoughInt8(s, t->dot_block_int8_rough, dims, place, split); });
  add("dot_int8", [=](State& s) { RunInt8(s, t->dot_int8, dims, place); });
  for (const int log_bits : {0, 1, 2, 3}) {
    const int bits = 1 << log_bits;
    add("dot_packed" + std::to_string(bits),
        [=](State& s) { RunPacked(s, t->dot_packed[log_bits], dims, bits, place); });
  }
  add("f16_to_f32", [=](State& s) { RunHalf(s, t->f16_to_f32, dims, place); });
}

std::string ProcessorName() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    const size_t colon = line.find(": ");
    if (line.rfind("model name", 0) == 0 && colon != std::string::npos)
      return line.substr(colon + 2);
  }
  return "unknown";
}

void PrintEnvironment() {
  std::printf("processor: %s, %ld online\n", ProcessorName().c_str(),
              sysconf(_SC_NPROCESSORS_ONLN));
#if defined(__clang__)
  std::printf("compiler:  Clang %s\n", __clang_version__);
#else
  std::printf("compiler:  GCC %s\n", __VERSION__);
#endif
  std::printf("kernels:   %s in use; available:", Kernels().name);
  for (const KernelTable* table : AvailableKernels()) std::printf(" %s", table->name);
  std::printf("\nrows:      cache %zu KiB, dram and gather %zu MiB, %zu rows per call\n",
              kCacheBytes >> 10, WorkingBytes(Place::kDram) >> 20, kListLength);
  std::fflush(stdout);
}

}  // namespace
}  // namespace nestor::kernels

int main(int argc, char** argv) {
  using nestor::kernels::Place;
  nestor::kernels::PrintEnvironment();
  for (const nestor::kernels::KernelTable* table : nestor::kernels::AvailableKernels()) {
    for (size_t dims : {64, 112, 128, 512, 2048}) {
      for (Place place : {Place::kCache, Place::kDram, Place::kGather}) {
        nestor::kernels::RegisterTable(*table, dims, place);
      }
    }
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
