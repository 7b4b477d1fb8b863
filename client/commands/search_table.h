#ifndef NESTOR_CLIENT_COMMANDS_SEARCH_TABLE_H_
#define NESTOR_CLIENT_COMMANDS_SEARCH_TABLE_H_

#include <cstdint>
#include <ostream>

#include "nestor/v1/points.pb.h"

namespace nestor::cli {

// The answer to query `row` for people: a head line (how complete it is), a table of the hits
// (rank, score, id, payload cut to one line) and, when the search was explained, its stages.
void PrintSearchTable(uint64_t row, const v1::SearchResponse& response, std::ostream& out);

}  // namespace nestor::cli

#endif  // NESTOR_CLIENT_COMMANDS_SEARCH_TABLE_H_
