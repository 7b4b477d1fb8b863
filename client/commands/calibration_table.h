#ifndef NESTOR_CLIENT_COMMANDS_CALIBRATION_TABLE_H_
#define NESTOR_CLIENT_COMMANDS_CALIBRATION_TABLE_H_

#include <ostream>

#include "absl/time/time.h"
#include "nestor/v1/collections.pb.h"

namespace nestor::cli {

// The first plan of `table` that promises `target`, which the server takes; null: none does.
const v1::Calibration::Plan* PlanFor(const v1::Calibration::Table& table, float target);

// How old the calibration of a collection is, and what searches for some recalls cost by it.
void PrintCalibration(const v1::CollectionStats& stats, absl::Time now, std::ostream& out);

// What searches were seen to find, in one line.
void PrintAudit(const v1::RecallAudit& audit, std::ostream& out);

}  // namespace nestor::cli

#endif  // NESTOR_CLIENT_COMMANDS_CALIBRATION_TABLE_H_
