#ifndef NESTOR_BENCHMARKS_DATA_FILES_GENERATED_MARK_H_
#define NESTOR_BENCHMARKS_DATA_FILES_GENERATED_MARK_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/json.h"

namespace nestor::bench {

// Synthetic data says so, and every report made with it must: a document, written by `gen`, that
// lists the files it is about with their content hashes:
//
//   {"format":1,"command":"gen",...,"synthetic":true,"files":{"base.npy":"<32 hex>",...}}
//
// It lies beside the files as gen.json, or, for one file that `convert` made of such a file, as
// <file>.gen.json. The hash decides: a file that was put beside a gen.json is not synthetic.
inline constexpr absl::string_view kGeneratedFile = "gen.json";

// The document about the file at `path`, whose content hash is `hash`; nullopt when there is none.
// INVALID_ARGUMENT when there is a document that is no JSON of this program.
absl::StatusOr<std::optional<Json>> FindGeneratedMark(const std::string& path,
                                                      const std::string& hash);

// The same, reading the file for its hash if there may be a mark. The errors of HashFile, too.
absl::StatusOr<std::optional<Json>> FindGeneratedMark(const std::string& path);

// Marks the file at `path`, which has or will have this content hash, with what `mark` says of the
// file that it was made of. Write it before the file has its name: what is synthetic must never be
// there without its mark. The errors of WriteJsonFile.
absl::Status WriteGeneratedMark(Json mark, const std::string& path, const std::string& hash);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_DATA_FILES_GENERATED_MARK_H_
