#ifndef NESTOR_TESTS_ENGINE_MODEL_FILTER_H_
#define NESTOR_TESTS_ENGINE_MODEL_FILTER_H_

#include <functional>
#include <string>

#include "engine/filter.h"
#include "engine/payload.h"
#include "engine/payload_schema.h"
#include "storage/types.h"
#include "tests/testing/random_vectors.h"

namespace nestor::testing {

// Payload indexes that the random payloads have fields for.
PayloadSchema RandomSchema(Random* random);
IndexedField RandomIndex(Random* random);

// A serialized payload with some of the fields word, size, ratio, flag, time and object.word; empty
// sometimes.
std::string RandomPayload(Random* random);

// A change of such a payload, and the truth about what becomes of it.
PayloadPatch RandomPatch(Random* random);
std::string Patched(const std::string& payload, const PayloadPatch& patch);

// A valid, prepared filter on these fields and on ids.
Filter RandomFilter(const PayloadSchema& schema, const std::function<PointId()>& random_id,
                    Random* random);

// The truth: looks at the payload value by value.
bool Satisfies(const Filter& filter, const PointId& id, const std::string& payload);

}  // namespace nestor::testing

#endif  // NESTOR_TESTS_ENGINE_MODEL_FILTER_H_
