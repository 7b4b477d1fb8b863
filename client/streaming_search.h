#ifndef NESTOR_CLIENT_STREAMING_SEARCH_H_
#define NESTOR_CLIENT_STREAMING_SEARCH_H_

#include <memory>
#include <optional>

#include "absl/status/status.h"
#include "client/client.h"

namespace nestor {

// Many searches through one call, at a fraction of the cost of calls of their own. Answers come in
// any order; `tag` says which query each belongs to. An answer with an `error` is of that query
// alone.
//
//   nestor::StreamingSearch stream(client);
//   std::thread sender([&] {
//     for (v1::SearchRequest& query : queries) {
//       if (!stream.Send(query)) break;
//     }
//     stream.SendingIsDone();
//   });
//   while (const auto answer = stream.Receive()) Use(*answer);
//   sender.join();
//   absl::Status status = stream.Finish();
//
// Thread safety: one thread may send while another receives.
class StreamingSearch {
 public:
  // `client` must outlive this. No deadline unless `options` says otherwise.
  explicit StreamingSearch(const Client& client,
                           const CallOptions& options = {.timeout = absl::InfiniteDuration()});
  // Cancels what is not finished.
  ~StreamingSearch();

  // Waits while the server has too many queries of this stream before it. False once the stream is
  // broken: Finish says why.
  bool Send(const v1::SearchRequest& query) { return stream_->Write(query); }
  void SendingIsDone() { (void)stream_->WritesDone(); }
  // The next answer; nothing once all queries are answered and sending is done, or the stream is
  // broken.
  std::optional<v1::SearchResponse> Receive();
  // How the stream ended. Call once, after Receive has returned nothing and sending is done.
  absl::Status Finish();

 private:
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReaderWriterInterface<v1::SearchRequest, v1::SearchResponse>> stream_;
  bool finished_ = false;
};

}  // namespace nestor

#endif  // NESTOR_CLIENT_STREAMING_SEARCH_H_
