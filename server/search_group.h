#ifndef NESTOR_SERVER_SEARCH_GROUP_H_
#define NESTOR_SERVER_SEARCH_GROUP_H_

#include <algorithm>
#include <cstddef>
#include <deque>
#include <memory>
#include <string>
#include <utility>

#include "absl/container/inlined_vector.h"
#include "absl/status/statusor.h"
#include "engine/engine.h"
#include "engine/search.h"
#include "server/convert_search.h"

namespace nestor {

// Takes waiting[first], and those of the next ones that are worth answering together with it: they
// read all rows of one collection, so that these are read once. No more than leaves as many for
// each of the other `workers`, for many who share the work beat one who shares the rows.
// `request_of(const Waiting&) -> const v1::SearchRequest&`. Without an engine the first one alone.
// REQUIRES: first < waiting->size(); workers >= 1.
template <typename Waiting, typename RequestOf>
absl::InlinedVector<Waiting, 1> TakeTogether(const Engine* engine, size_t workers,
                                             RequestOf request_of, size_t first,
                                             std::deque<Waiting>* waiting) {
  absl::InlinedVector<Waiting, 1> taken;
  const auto begin = waiting->begin() + static_cast<std::ptrdiff_t>(first);
  const std::string name = request_of(*begin).collection();
  absl::StatusOr<std::shared_ptr<Collection>> collection = absl::NotFoundError("");
  if (engine != nullptr && waiting->size() > 1) collection = engine->Find(name);
  const auto alike = [&](const Waiting& other) {
    const v1::SearchRequest& request = request_of(other);
    return collection.ok() && request.collection() == name &&
           ReadsAllRows(request, (*collection)->spec());
  };
  const size_t looked_at = std::min(waiting->size() - first, workers * kMostTogether);
  const auto end = begin + static_cast<std::ptrdiff_t>(looked_at);
  const auto all = alike(*begin) ? static_cast<size_t>(std::count_if(begin, end, alike)) : 1;
  const size_t share = std::min((all + workers - 1) / workers, kMostTogether);
  taken.push_back(std::move(*begin));
  if (share == 1) {
    waiting->erase(begin);
    return taken;
  }
  auto left = begin;
  for (auto next = begin + 1; next != end; ++next) {
    if (taken.size() < share && alike(*next)) {
      taken.push_back(std::move(*next));
    } else {
      *left++ = std::move(*next);
    }
  }
  waiting->erase(left, end);
  return taken;
}

}  // namespace nestor

#endif  // NESTOR_SERVER_SEARCH_GROUP_H_
