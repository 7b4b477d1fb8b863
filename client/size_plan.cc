#include "client/size_plan.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"

namespace nestor {
namespace {

// As the server lays it out: engine/prefix_codes.h, hnsw_graph.h, ivf_index.h, int8_tier.h,
// float32_tier.h, point_records.h. SizePlanTest (tests/server/advice_test.cc) compares this.
constexpr double kCodeBytes = 64;  // chosen by the server: a cache line, with the terms of a row
constexpr double kCodeTermBytes = 8;
constexpr uint32_t kDefaultM = 16;
constexpr double kCentroidDims = 64;  // at most
constexpr double kBlockDims = 64;
constexpr double kRowTermBytes = 12;  // of a row of int8, before its scales
constexpr double kRecordHeaderBytes = 40;
constexpr double kLineBytes = 64;
// Key, header and index of a stored vector, and its id.
constexpr double kStoreBytes = 64;

double RoundUp(double value, double unit) { return std::ceil(value / unit) * unit; }

double CodeBytes(const v1::PrefixCode& code) {
  if (code.dims() == 0 && code.bits() == 0) return kCodeBytes;
  const double dims = code.dims() == 0 ? kCodeBytes : code.dims();
  if (code.bits() == 32) return 4 * dims + 4;
  const double bits = code.bits() == 0 ? 4 : code.bits();
  return RoundUp(dims * bits / 8 + kCodeTermBytes, kLineBytes);
}

double LinkBytes(const v1::ShortlistIndex& index, uint32_t dims, uint64_t points) {
  if (index.kind_case() == v1::ShortlistIndex::kFlat) return 0;
  if (index.kind_case() == v1::ShortlistIndex::kIvf) {
    const double lists =
        index.ivf().lists() != 0 ? index.ivf().lists() : 4 * std::sqrt(static_cast<double>(points));
    const double centroid = 5 * std::min<double>(dims, kCentroidDims) + 12;
    return 4 + lists * centroid / static_cast<double>(points);
  }
  const double m = index.hnsw().m() == 0 ? kDefaultM : index.hnsw().m();
  const double level_above = 4 * (m + 1) / (m - 1);  // of one point in m, and so on
  return 4 * (2 * m + 1) + 4 + level_above;
}

}  // namespace

std::optional<uint64_t> ParseCount(absl::string_view text) {
  std::string digits = absl::StrReplaceAll(text, {{"_", ""}, {",", ""}});
  double unit = 1;
  if (!digits.empty()) {
    const char last = digits.back();
    if (last == 'k' || last == 'K') unit = 1e3;
    if (last == 'm' || last == 'M') unit = 1e6;
    if (last == 'g' || last == 'G' || last == 'b' || last == 'B') unit = 1e9;
    if (unit > 1) digits.pop_back();
  }
  double number = 0;
  if (!absl::SimpleAtod(digits, &number)) return std::nullopt;
  number = std::round(number * unit);
  if (!(number >= 1 && number <= 1e15)) return std::nullopt;
  return static_cast<uint64_t>(number);
}

std::string BytesText(double bytes) {
  constexpr const char* kUnits[] = {"B", "kB", "MB", "GB", "TB", "PB"};
  size_t unit = 0;
  while (bytes >= 1000 && unit + 1 < std::size(kUnits)) {
    bytes /= 1000;
    ++unit;
  }
  const bool short_number = bytes < 10 && unit > 0;
  return absl::StrFormat("%.*f %s", short_number ? 1 : 0, bytes, kUnits[unit]);
}

std::vector<SizeLine> PlanSizes(const v1::Collection& collection, uint64_t points) {
  const double dims = collection.dims();
  const double padded = RoundUp(dims, kBlockDims);
  const bool float_tier = collection.rerank_tier() == v1::FLOAT32;
  const double code = CodeBytes(collection.prefix_code());
  const double links = LinkBytes(collection.index(), collection.dims(), points);
  const double scales = 4 * padded / kBlockDims;
  const double int8_row = RoundUp(kRowTermBytes + scales, kLineBytes) + padded;
  const double tier = float_tier ? 4 * dims + 4 : int8_row;
  const double record = RoundUp(kRecordHeaderBytes + 4 * dims, kLineBytes);
  return {{"prefix codes", code, code, false},
          {"index", links, links, false},
          {"rerank tier", float_tier ? 4.0 : 0, tier, true},
          {"point records", 0, record, true},
          {"store", 0, 4 * dims + kStoreBytes, true}};
}

}  // namespace nestor
