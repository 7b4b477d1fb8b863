#ifndef NESTOR_STORAGE_DETERMINISTIC_H_
#define NESTOR_STORAGE_DETERMINISTIC_H_

#include <string>

#include "google/protobuf/message_lite.h"

namespace nestor {

// The message's bytes with maps in the order of their keys: the same message always gives the same
// bytes.
std::string SerializeDeterministically(const google::protobuf::MessageLite& message);

}  // namespace nestor

#endif  // NESTOR_STORAGE_DETERMINISTIC_H_
