#include "engine/prefix_queries.h"

#include <algorithm>

namespace nestor {

PrefixQueries::PrefixQueries(const View& view, const float* vector,
                             std::pmr::memory_resource* memory)
    : queries_(memory), of_segment_(memory) {
  std::pmr::vector<const PrefixCoder*> coders(memory);
  coders.reserve(view.segments.size());
  queries_.reserve(view.segments.size());  // so that none moves
  of_segment_.reserve(view.segments.size());
  for (const View::SegmentPart& part : view.segments) {
    const PrefixCoder& coder = *part.segment->index->coder();
    const auto same = std::find_if(coders.begin(), coders.end(), [&](const PrefixCoder* known) {
      return known == &coder || *known == coder;
    });
    const auto place = static_cast<size_t>(same - coders.begin());
    if (same == coders.end()) {
      coders.push_back(&coder);
      queries_.emplace_back(coder, vector, memory);
    }
    of_segment_.push_back(&queries_[place]);
  }
}

bool PrefixQueries::blind() const {
  return std::any_of(queries_.begin(), queries_.end(),
                     [](const PrefixQuery& query) { return query.blind(); });
}

bool PrefixQueries::comparable() const {
  return std::all_of(queries_.begin(), queries_.end(), [&](const PrefixQuery& query) {
    return query.format() == queries_.front().format();
  });
}

uint32_t PrefixQueries::dims() const {
  uint32_t dims = 0;
  for (const PrefixQuery& query : queries_) dims = std::max(dims, query.format().dims);
  return dims;
}

}  // namespace nestor
