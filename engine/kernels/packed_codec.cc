#include "engine/kernels/packed_codec.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "engine/kernels/kernel_table.h"

namespace nestor::kernels {
namespace {

// Sums side by side, so that the compiler has something to do at once; always the same ones, so
// that codes are the same on every processor.
constexpr size_t kSums = 8;

struct Sums {
  float values[kSums] = {};
  double Total() const {
    double total = 0;
    for (const float value : values) total += value;
    return total;
  }
};

// Multiples of a step: values are rounded to the nearest of the 2^bits that lie around zero.
class Rounding {
 public:
  Rounding(float step, int bits)
      : inverse_(1 / step), middle_(static_cast<float>(1 << (bits - 1))), most_(2 * middle_ - 1) {}

  float Multiple(float value) const {
    const float raised = value * inverse_ + middle_;
    return static_cast<float>(static_cast<int>(std::min(std::max(raised, 0.0f), most_)));
  }
  float Meaning(float multiple) const { return multiple - most_ / 2; }

 private:
  float inverse_;
  float middle_;
  float most_;
};

// How well multiples of a step stand for a vector.
struct Fit {
  double dot = 0;    // of the vector and what the multiples mean
  double norm2 = 0;  // of what they mean
  // Grows with the cosine of the two.
  double Quality() const { return norm2 > 0 ? dot * dot / norm2 : 0; }
};

Fit FitOf(const float* values, size_t dims, const Rounding& rounding) {
  Sums dots, norms;
  size_t i = 0;
  for (; i + kSums <= dims; i += kSums) {
    for (size_t s = 0; s < kSums; ++s) {
      const float meaning = rounding.Meaning(rounding.Multiple(values[i + s]));
      dots.values[s] += meaning * values[i + s];
      norms.values[s] += meaning * meaning;
    }
  }
  for (size_t s = 0; i < dims; ++i, ++s) {
    const float meaning = rounding.Meaning(rounding.Multiple(values[i]));
    dots.values[s] += meaning * values[i];
    norms.values[s] += meaning * meaning;
  }
  return {dots.Total(), norms.Total()};
}

// The steps to try, as shares of the root mean square of the values. A normal distribution is
// rounded best in steps of 0.996 (2 bits) and 0.335 (4 bits): Max, Quantizing for minimum
// distortion, 1960. One vector's own best lies around that. With 8 bits the largest value decides,
// with 1 bit none does.
constexpr float kStepsOf2[] = {0.8f, 0.9f, 1.0f, 1.1f, 1.2f};
constexpr float kStepsOf4[] = {0.26f, 0.29f, 0.32f, 0.35f, 0.39f};

template <size_t kCount>
float BestStep(const float* values, size_t dims, int bits, float root_mean_square,
               const float (&shares)[kCount], Fit* best) {
  float best_step = 0;
  for (const float share : shares) {
    const float step = share * root_mean_square;
    const Fit fit = FitOf(values, dims, Rounding(step, bits));
    if (best_step != 0 && fit.Quality() <= best->Quality()) continue;
    best_step = step;
    *best = fit;
  }
  return best_step;
}

float ChooseStep(const float* values, size_t dims, int bits, double norm2, Fit* fit) {
  const auto root_mean_square = static_cast<float>(std::sqrt(norm2 / static_cast<double>(dims)));
  if (bits == 2) return BestStep(values, dims, bits, root_mean_square, kStepsOf2, fit);
  if (bits == 4) return BestStep(values, dims, bits, root_mean_square, kStepsOf4, fit);
  float step = root_mean_square;
  if (bits == 8) {
    float largest = 0;
    for (size_t i = 0; i < dims; ++i) largest = std::max(largest, std::abs(values[i]));
    step = largest / 127.5f;
  }
  *fit = FitOf(values, dims, Rounding(step, bits));
  return step;
}

}  // namespace

float EncodePacked(const float* values, size_t dims, int bits, uint8_t* row) {
  const size_t plane_bytes = PackedPlaneBytes(dims, bits);
  std::fill(row, row + PackedBytes(dims, bits), uint8_t{0});
  double norm2 = 0;
  for (size_t i = 0; i < dims; ++i) norm2 += double{values[i]} * values[i];
  Fit fit;
  const float step = norm2 > 0 ? ChooseStep(values, dims, bits, norm2, &fit) : 0;
  // A step so small that it has no inverse belongs to a vector that has no direction to speak of.
  if (!(step > 0) || !std::isfinite(1 / step) || !(fit.dot > 0)) return 0;
  const Rounding rounding(step, bits);
  for (size_t plane = 0, i = 0; i < dims; ++plane) {
    const size_t end = std::min(dims, i + plane_bytes);
    for (size_t j = 0; i < end; ++i, ++j) {
      const auto multiple = static_cast<unsigned>(rounding.Multiple(values[i]));
      row[j] = static_cast<uint8_t>(row[j] | multiple << (plane * bits));
    }
  }
  return static_cast<float>(norm2 / fit.dot);
}

void DecodePacked(const uint8_t* row, size_t dims, int bits, float* multiples) {
  const size_t bytes = PackedPlaneBytes(dims, bits);
  const int most = (1 << bits) - 1;
  for (size_t i = 0; i < dims; ++i) {
    const int multiple = row[i % bytes] >> (i / bytes * bits) & most;
    multiples[i] = static_cast<float>(multiple) - static_cast<float>(most) / 2;
  }
}

void SetPackedTerms(PackedRowTerms terms, size_t bytes, uint8_t* row) {
  std::memcpy(row + bytes - sizeof(terms), &terms, sizeof(terms));
}

PackedRowTerms PackedTerms(const uint8_t* row, size_t bytes) {
  PackedRowTerms terms;
  std::memcpy(&terms, row + bytes - sizeof(terms), sizeof(terms));
  return terms;
}

}  // namespace nestor::kernels
