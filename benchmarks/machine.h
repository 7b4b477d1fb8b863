#ifndef NESTOR_BENCHMARKS_MACHINE_H_
#define NESTOR_BENCHMARKS_MACHINE_H_

#include <ostream>
#include <string>

#include "absl/strings/string_view.h"

namespace nestor::bench {

// Of this program: "GCC 12.2.0".
std::string Compiler();
bool IsOptimised();
// The text of /proc/cpuinfo; empty where there is none.
std::string ReadCpuinfo();

// The processor's name in the text of a /proc/cpuinfo; "unknown processor" if it has none.
std::string CpuModel(absl::string_view cpuinfo);

// How many threads this machine runs at once, at least one: for what is not timed.
int HardwareThreads();

// Three lines that every report begins with: machine, compiler, kernel set. A build without
// optimisation says so, because its numbers mean nothing.
void PrintMachine(std::ostream& out);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_MACHINE_H_
