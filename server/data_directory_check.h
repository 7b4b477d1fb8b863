#ifndef NESTOR_SERVER_DATA_DIRECTORY_CHECK_H_
#define NESTOR_SERVER_DATA_DIRECTORY_CHECK_H_

#include <string>

#include "engine/data_check.h"

namespace nestor {

// Everything in the data directory of a server that does not run: its store and its segment files
// (see CheckData), and its snapshots. Changes nothing.
DataReport CheckDataDirectory(const std::string& directory);

}  // namespace nestor

#endif  // NESTOR_SERVER_DATA_DIRECTORY_CHECK_H_
