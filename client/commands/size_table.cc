#include "client/commands/size_table.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/commands/table.h"
#include "client/size_plan.h"

namespace nestor::cli {
namespace {

// Vectors that wait for their segments, at most, whatever the size of the collection.
constexpr double kWaitingPoints = 9 * 16384;

// What merging holds beside codes and index, in times of these: the new ones, and what building
// them takes. 1.7 were seen, of a graph (benchmarks/NOTES.md, "Walking a graph").
constexpr double kMergeCopies = 2;

SizeLine Total(const std::vector<SizeLine>& lines) {
  SizeLine total{.name = "all"};
  for (const SizeLine& line : lines) {
    total.resident_bytes += line.resident_bytes;
    total.disk_bytes += line.disk_bytes;
  }
  return total;
}

double CachedBytes(const std::vector<SizeLine>& lines) {
  double cached = 0;
  for (const SizeLine& line : lines) cached += line.cached ? line.disk_bytes : 0;
  return cached;
}

// Of what searches read of these files, the rerank tier is most.
double TierBytes(const std::vector<SizeLine>& lines) {
  for (const SizeLine& line : lines) {
    if (line.name == "rerank tier") return line.disk_bytes;
  }
  return 0;
}

}  // namespace

void PrintSizes(const v1::Collection& collection, uint64_t points, std::ostream& out) {
  const std::vector<SizeLine> lines = PlanSizes(collection, points);
  const auto n = static_cast<double>(points);
  std::vector<std::vector<std::string>> rows = {{"", "memory a point", "memory", "disk"}};
  const auto add = [&](const SizeLine& line) {
    rows.push_back({line.name, absl::StrFormat("%.0f", line.resident_bytes),
                    BytesText(n * line.resident_bytes), BytesText(n * line.disk_bytes)});
  };
  for (const SizeLine& line : lines) add(line);
  const SizeLine total = Total(lines);
  add(total);
  out << points << " points x " << collection.dims() << " dims, without payloads and ids:\n";
  PrintTable(rows, out);
  out << "memory: " << BytesText(n * total.resident_bytes)
      << " that must be there; searches are fast as "
      << "long as the " << BytesText(n * TierBytes(lines))
      << " of the\nrerank tier stay cached as well. While "
      << "points are written, up to " << BytesText(kWaitingPoints * 4 * collection.dims())
      << " more, and the cache of the store\n(--block-cache-mib). While segments merge, up to "
      << BytesText(n * kMergeCopies * total.resident_bytes) << " more for a while.\n"
      << "disk: " << BytesText(n * total.disk_bytes) << "; while segments merge, up to "
      << BytesText(n * (total.disk_bytes - lines.back().disk_bytes)) << " more for a while.\n";
}

Json SizesToJson(const v1::Collection& collection, uint64_t points) {
  const std::vector<SizeLine> lines = PlanSizes(collection, points);
  const auto all = [n = static_cast<double>(points)](double bytes) {
    return static_cast<uint64_t>(n * bytes);
  };
  Json parts = Json::array();
  for (const SizeLine& line : lines) {
    parts.push_back({{"name", line.name},
                     {"resident_bytes", all(line.resident_bytes)},
                     {"disk_bytes", all(line.disk_bytes)},
                     {"cached", line.cached}});
  }
  const SizeLine total = Total(lines);
  return {{"points", points},
          {"dims", collection.dims()},
          {"parts", std::move(parts)},
          {"resident_bytes", all(total.resident_bytes)},
          {"cached_bytes", all(CachedBytes(lines))},
          {"disk_bytes", all(total.disk_bytes)}};
}

}  // namespace nestor::cli
