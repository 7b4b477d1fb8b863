#include "server/chunk_writer.h"

#include <memory>
#include <utility>

#include "absl/strings/cord.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "engine/limits.h"
#include "engine/violations.h"
#include "server/convert_point.h"
#include "storage/status_macros.h"

namespace nestor {
namespace {

std::string Quoted(absl::string_view name) {
  return absl::CEscape(name.substr(0, kMaxCollectionNameBytes));
}

absl::Status InChunk(uint64_t chunk, const absl::Status& status) {
  absl::Status result(status.code(), absl::StrCat("chunk ", chunk, ": ", status.message()));
  status.ForEachPayload([&](absl::string_view type_url, const absl::Cord& payload) {
    result.SetPayload(type_url, payload);
  });
  return result;
}

}  // namespace

absl::Status ChunkWriter::CheckHead(const v1::UpsertChunk& chunk, uint64_t chunk_before) {
  Violations violations;
  if (chunk.chunk() <= chunk_before) {
    violations.Add("chunk", chunk_before == 0
                                ? std::string("is 0; chunks are numbered from 1")
                                : absl::StrCat("does not ascend: it follows ", chunk_before));
  }
  if (collection_.empty() && chunk.collection().empty()) {
    violations.Add("collection", "is empty; the first chunk of a stream must name it");
  } else if (!collection_.empty() && !chunk.collection().empty() &&
             chunk.collection() != collection_) {
    violations.Add("collection", absl::StrCat("is '", Quoted(chunk.collection()),
                                              "', the stream writes to '", collection_, "'"));
  }
  return violations.ToStatus();
}

absl::Status ChunkWriter::Write(Engine& engine, absl::Span<const v1::UpsertChunk> chunks,
                                std::vector<v1::UpsertAck>* acks) {
  std::shared_ptr<Collection> collection;
  std::vector<OwnedUpsert> batches;
  std::vector<UpsertItem> items;
  uint64_t last_chunk = last_chunk_;
  absl::Status bad;  // of chunks[batches.size()]
  for (const v1::UpsertChunk& chunk : chunks) {
    bad = InChunk(chunk.chunk(), CheckHead(chunk, last_chunk));
    if (!bad.ok()) break;
    if (collection_.empty()) collection_ = chunk.collection();
    if (collection == nullptr) {
      NESTOR_ASSIGN_OR_RETURN(collection, engine.Find(collection_));
    }
    absl::StatusOr<OwnedUpsert> batch = ReadChunk(chunk, collection->spec());
    bad = InChunk(chunk.chunk(), batch.status());
    if (!bad.ok()) break;
    items.insert(items.end(), batch->items.begin(), batch->items.end());
    batches.push_back(*std::move(batch));
    last_chunk = chunk.chunk();
  }
  if (batches.empty()) return bad;

  Sequence sequence = collection->view()->sequence;
  if (!items.empty()) {
    // Without a condition on the ids no item fails by itself.
    NESTOR_ASSIGN_OR_RETURN(const WriteResult result,
                            collection->Upsert(items, WriteMode::kUpsert));
    sequence = result.sequence;
  }
  last_chunk_ = last_chunk;
  for (size_t i = 0; i < batches.size(); ++i) {
    if (batches[i].errors.empty() && i + 1 < batches.size()) continue;
    v1::UpsertAck& ack = acks->emplace_back();
    ack.set_chunk(chunks[i].chunk());
    ack.set_sequence(ToNumber(sequence));
    ack.mutable_errors()->Add(batches[i].errors.begin(), batches[i].errors.end());
  }
  return bad;
}

}  // namespace nestor
