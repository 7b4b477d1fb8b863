#ifndef NESTOR_BENCHMARKS_SYNTHETIC_NOTE_H_
#define NESTOR_BENCHMARKS_SYNTHETIC_NOTE_H_

#include <string>

#include "benchmarks/data_identity.h"

namespace nestor::bench {

// "synthetic (profile imagenet, seed 1)" for data that `gen` made, and what is known of them;
// otherwise nothing. Every report has it beside the names of the files.
std::string SyntheticNote(const DataIdentity& data);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_SYNTHETIC_NOTE_H_
