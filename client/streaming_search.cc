#include "client/streaming_search.h"

#include "client/error_details.h"

namespace nestor {

StreamingSearch::StreamingSearch(const Client& client, const CallOptions& options) {
  if (options.timeout != absl::InfiniteDuration()) {
    context_.set_deadline(absl::ToChronoTime(absl::Now() + options.timeout));
  }
  stream_ = client.OpenSearchStream(&context_);
}

StreamingSearch::~StreamingSearch() {
  if (finished_) return;
  context_.TryCancel();
  while (Receive().has_value()) continue;
  (void)Finish();
}

std::optional<v1::SearchResponse> StreamingSearch::Receive() {
  v1::SearchResponse answer;
  if (!stream_->Read(&answer)) return std::nullopt;
  return answer;
}

absl::Status StreamingSearch::Finish() {
  finished_ = true;
  return FromGrpcStatus(stream_->Finish());
}

}  // namespace nestor
