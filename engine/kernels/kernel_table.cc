#include "engine/kernels/kernel_table.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "engine/kernels/instruction_sets.h"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace nestor::kernels {
namespace {

constexpr char kOverrideVariable[] = "NESTOR_KERNELS";

#if defined(__x86_64__)

// Clang 14 does not know "f16c" below. Implied by AVX2 on every processor made, and cheap to be
// sure of.
bool HasF16c() {
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
  return __get_cpuid(1, &eax, &ebx, &ecx, &edx) != 0 && (ecx & bit_F16C) != 0;
}

// __builtin_cpu_supports also asks whether the operating system saves the registers.
bool HasAvx2() {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && HasF16c();
}

bool HasAvx512() {
  return HasAvx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}

bool HasAvx512Vnni() { return HasAvx512() && __builtin_cpu_supports("avx512vnni"); }

#endif

[[noreturn]] void RefuseOverride(const char* name,
                                 const std::vector<const KernelTable*>& available) {
  std::fprintf(stderr, "%s=%s is not a kernel set that this processor runs; it runs",
               kOverrideVariable, name);
  for (const KernelTable* table : available) std::fprintf(stderr, " %s", table->name);
  std::fprintf(stderr, "\n");
  std::exit(EXIT_FAILURE);
}

const KernelTable& ChooseKernels() {
  const std::vector<const KernelTable*> available = AvailableKernels();
  const char* const wanted = std::getenv(kOverrideVariable);
  if (wanted == nullptr || *wanted == '\0') return *available.back();
  for (const KernelTable* table : available) {
    if (std::strcmp(table->name, wanted) == 0) return *table;
  }
  RefuseOverride(wanted, available);
}

}  // namespace

const KernelTable& Kernels() {
  static const KernelTable& chosen = ChooseKernels();
  return chosen;
}

std::vector<const KernelTable*> AvailableKernels() {
  std::vector<const KernelTable*> tables = {&kScalarKernels};
#if defined(__x86_64__)
  if (HasAvx2()) tables.push_back(&kAvx2Kernels);
  if (HasAvx512()) tables.push_back(&kAvx512Kernels);
  if (HasAvx512Vnni()) tables.push_back(&kAvx512VnniKernels);
#endif
  return tables;
}

}  // namespace nestor::kernels
