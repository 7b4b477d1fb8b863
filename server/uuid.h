#ifndef NESTOR_SERVER_UUID_H_
#define NESTOR_SERVER_UUID_H_

#include <string>

namespace nestor {

// A random UUID (RFC 9562, version 4) in its text form of 36 characters.
std::string NewUuid();

}  // namespace nestor

#endif  // NESTOR_SERVER_UUID_H_
