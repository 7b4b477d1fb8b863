#ifndef NESTOR_BENCHMARKS_DEMO_COLLECTION_H_
#define NESTOR_BENCHMARKS_DEMO_COLLECTION_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "benchmarks/demo_data.h"
#include "client/client.h"

namespace nestor::bench {

// A collection of a name that nobody else uses, on a running server, dropped at the end.
//
// Thread safety: none.
class DemoCollection {
 public:
  // Creates it: cosine, `dims` dims, the rest as the server chooses. `client` must outlive this.
  static absl::StatusOr<std::unique_ptr<DemoCollection>> Create(const Client& client,
                                                                uint32_t dims);
  // Drops it if Drop() was not called; a failure is not reported.
  ~DemoCollection();
  DemoCollection(const DemoCollection&) = delete;
  DemoCollection& operator=(const DemoCollection&) = delete;

  const std::string& name() const { return name_; }

  // Writes all vectors with their payloads (ids from the field `id`; of rows with one id the last
  // one stays) and waits for the index. Answers with the collection's statistics then.
  absl::StatusOr<v1::CollectionStats> Import(const DemoData& data);
  absl::Status Drop();

 private:
  DemoCollection(const Client& client, std::string name)
      : client_(client), name_(std::move(name)) {}

  const Client& client_;
  const std::string name_;
  bool dropped_ = false;
};

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_DEMO_COLLECTION_H_
