#include "engine/graph_nodes.h"

#include <algorithm>
#include <cstring>

#include "engine/kernels/int8_codec.h"
#include "engine/kernels/kernel_table.h"

namespace nestor {

GraphNodes::GraphNodes(Metric metric, size_t dims, size_t size)
    : metric_(metric),
      dims_(dims),
      bytes_(kernels::PaddedDims(dims + sizeof(Terms))),
      size_(size),
      codes_(size * bytes_) {}

void GraphNodes::Set(uint32_t row, const float* prefix) {
  int8_t* const node = &codes_[row * bytes_];
  Terms terms;
  terms.scale = kernels::EncodeRowInt8(prefix, dims_, node);
  int32_t norm2 = 0;
  for (size_t i = 0; i < dims_; ++i) norm2 += int32_t{node[i]} * node[i];
  terms.norm2 = terms.scale * terms.scale * static_cast<float>(norm2);
  std::memcpy(node + bytes_ - sizeof(terms), &terms, sizeof(terms));
}

GraphNodes::Terms GraphNodes::TermsOf(uint32_t row) const {
  Terms terms;
  std::memcpy(&terms, &codes_[row * bytes_] + bytes_ - sizeof(terms), sizeof(terms));
  return terms;
}

void GraphNodes::Load(uint32_t row, Query* query) const {
  // Where other nodes have their terms this one has zeros, so that they count for nothing.
  query->codes.assign(bytes_, 0);
  std::memcpy(query->codes.data(), &codes_[row * bytes_], dims_);
  const Terms terms = TermsOf(row);
  query->scale = terms.scale;
  query->norm2 = terms.norm2;
}

void GraphNodes::Score(absl::Span<const uint32_t> rows, Query* query, float* scores) const {
  query->dots.resize(std::max(query->dots.size(), rows.size()));
  kernels::Kernels().dot_int8(query->codes.data(), {codes_.data(), bytes_},
                              {rows.data(), rows.size()}, bytes_, query->dots.data());
  for (size_t i = 0; i < rows.size(); ++i) {
    const Terms terms = TermsOf(rows[i]);
    const float dot = query->scale * terms.scale * static_cast<float>(query->dots[i]);
    scores[i] = metric_ == Metric::kL2 ? 2 * dot - (query->norm2 + terms.norm2) : dot;
  }
}

}  // namespace nestor
