#ifndef NESTOR_ENGINE_RANDOM_MIX_H_
#define NESTOR_ENGINE_RANDOM_MIX_H_

#include <cstdint>

namespace nestor {

// A number by chance that depends on nothing but `n` (SplitMix64: Steele, Lea and Flood, 2014).
inline uint64_t RandomMix(uint64_t n) {
  n += 0x9e3779b97f4a7c15;
  n = (n ^ (n >> 30)) * 0xbf58476d1ce4e5b9;
  n = (n ^ (n >> 27)) * 0x94d049bb133111eb;
  return n ^ (n >> 31);
}

}  // namespace nestor

#endif  // NESTOR_ENGINE_RANDOM_MIX_H_
