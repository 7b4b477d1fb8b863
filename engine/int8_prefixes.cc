#include "engine/int8_prefixes.h"

#include <algorithm>
#include <cstring>

#include "engine/kernels/int8_codec.h"
#include "engine/kernels/kernel_table.h"

namespace nestor {

Int8Prefixes::Int8Prefixes(Metric metric, size_t dims, size_t size)
    : metric_(metric),
      dims_(dims),
      bytes_(kernels::PaddedDims(dims + sizeof(Terms))),
      size_(size),
      codes_(size * bytes_) {}

Int8Prefixes::Terms Int8Prefixes::Encode(const float* prefix, int8_t* codes) const {
  const float scale = kernels::EncodeRowInt8(prefix, dims_, codes);
  int32_t norm2 = 0;
  for (size_t i = 0; i < dims_; ++i) norm2 += int32_t{codes[i]} * codes[i];
  return {scale, scale * scale * static_cast<float>(norm2)};
}

void Int8Prefixes::Set(uint32_t row, const float* prefix) {
  int8_t* const codes = &codes_[row * bytes_];
  const Terms terms = Encode(prefix, codes);
  std::memcpy(codes + bytes_ - sizeof(terms), &terms, sizeof(terms));
}

Int8Prefixes::Terms Int8Prefixes::TermsOf(size_t row) const {
  Terms terms;
  std::memcpy(&terms, &codes_[row * bytes_] + bytes_ - sizeof(terms), sizeof(terms));
  return terms;
}

// Where rows have their terms a query has zeros, so that they count for nothing.

void Int8Prefixes::Load(uint32_t row, Query* query) const {
  query->codes.assign(bytes_, 0);
  std::memcpy(query->codes.data(), &codes_[row * bytes_], dims_);
  const Terms terms = TermsOf(row);
  query->scale = terms.scale;
  query->norm2 = terms.norm2;
}

void Int8Prefixes::Load(const float* prefix, Query* query) const {
  query->codes.assign(bytes_, 0);
  const Terms terms = Encode(prefix, query->codes.data());
  query->scale = terms.scale;
  query->norm2 = terms.norm2;
}

float Int8Prefixes::ScoreOf(size_t row, const Query& query, int32_t product) const {
  const Terms terms = TermsOf(row);
  const float dot = query.scale * terms.scale * static_cast<float>(product);
  return metric_ == Metric::kL2 ? 2 * dot - (query.norm2 + terms.norm2) : dot;
}

void Int8Prefixes::Score(absl::Span<const uint32_t> rows, Query* query, float* scores) const {
  query->dots.resize(std::max(query->dots.size(), rows.size()));
  kernels::Kernels().dot_int8(query->codes.data(), {codes_.data(), bytes_},
                              {rows.data(), rows.size()}, bytes_, query->dots.data());
  for (size_t i = 0; i < rows.size(); ++i) scores[i] = ScoreOf(rows[i], *query, query->dots[i]);
}

void Int8Prefixes::ScoreAll(Query* query, float* scores) const {
  query->dots.resize(std::max(query->dots.size(), size_));
  kernels::Kernels().dot_int8(query->codes.data(), {codes_.data(), bytes_}, {nullptr, size_},
                              bytes_, query->dots.data());
  for (size_t row = 0; row < size_; ++row) scores[row] = ScoreOf(row, *query, query->dots[row]);
}

}  // namespace nestor
