#ifndef NESTOR_ENGINE_KERNELS_INSTRUCTION_SETS_H_
#define NESTOR_ENGINE_KERNELS_INSTRUCTION_SETS_H_

#include "engine/kernels/kernel_table.h"

// The tables that were compiled in, one per kernels_<name>.cc. Internal to this folder: others call
// Kernels().
//
// Rule for those files: each is compiled with the flags of its own instruction set, so nothing in
// it may have a symbol that the linker could merge with another file's copy, or AVX-512 code might
// run on a processor without it. All they include of ours is in unnamed namespaces, they call no
// inline function of the standard library, and the test KernelObjects.ShareNoCode looks at the
// object files.

namespace nestor::kernels {

extern const KernelTable kScalarKernels;

#if defined(__x86_64__)
extern const KernelTable kAvx2Kernels;        // AVX2, FMA, F16C
extern const KernelTable kAvx512Kernels;      // AVX-512 F, BW, DQ, VL
extern const KernelTable kAvx512VnniKernels;  // those and VNNI
#endif

}  // namespace nestor::kernels

#endif  // NESTOR_ENGINE_KERNELS_INSTRUCTION_SETS_H_
