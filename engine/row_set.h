#ifndef NESTOR_ENGINE_ROW_SET_H_
#define NESTOR_ENGINE_ROW_SET_H_

#include "roaring/roaring.hh"

namespace nestor {

// A compressed set of local rows (Lemire et al., Roaring Bitmaps, arXiv 1709.07821): what filters
// compute with, and what payload indexes are made of. See RowBitmap for the form in which searches
// test rows one by one.
using RowSet = Roaring;

}  // namespace nestor

#endif  // NESTOR_ENGINE_ROW_SET_H_
