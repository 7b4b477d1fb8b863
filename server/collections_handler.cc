#include "server/collections_handler.h"

#include "absl/strings/str_cat.h"
#include "engine/limits.h"
#include "engine/payload.h"
#include "engine/violations.h"
#include "server/convert_collection.h"
#include "storage/status_macros.h"

namespace nestor {

absl::Status HandleCreateCollection(Engine& engine, const v1::CreateCollectionRequest& request,
                                    v1::Collection* response) {
  NESTOR_ASSIGN_OR_RETURN(const CollectionSpec spec, ReadCollection(request.collection()));
  const Engine::IfExists if_exists =
      request.allow_existing() ? Engine::IfExists::kAcceptSameSpec : Engine::IfExists::kRefuse;
  NESTOR_ASSIGN_OR_RETURN(const std::shared_ptr<Collection> collection,
                          engine.CreateCollection(spec, if_exists));
  WriteCollection(*collection, response);
  return absl::OkStatus();
}

absl::Status HandleGetCollection(Engine& engine, const v1::GetCollectionRequest& request,
                                 v1::Collection* response) {
  NESTOR_ASSIGN_OR_RETURN(const std::shared_ptr<Collection> collection,
                          engine.Find(request.name()));
  WriteCollection(*collection, response);
  return absl::OkStatus();
}

// The token is the last name of the page before.
absl::Status HandleListCollections(Engine& engine, const v1::ListCollectionsRequest& request,
                                   v1::ListCollectionsResponse* response) {
  Violations violations;
  if (request.page_size() > kMaxListPage) {
    violations.Add("page_size", absl::StrCat(request.page_size(), " exceeds ", kMaxListPage));
  }
  NESTOR_RETURN_IF_ERROR(violations.ToStatus());
  const int page_size =
      static_cast<int>(request.page_size() == 0 ? kDefaultPage : request.page_size());
  for (const std::shared_ptr<Collection>& collection : engine.List()) {
    if (collection->spec().name <= request.page_token()) continue;
    if (response->collections_size() == page_size) {
      response->set_next_page_token(response->collections(page_size - 1).name());
      break;
    }
    WriteCollection(*collection, response->add_collections());
  }
  return absl::OkStatus();
}

absl::Status HandleDeleteCollection(Engine& engine, const v1::DeleteCollectionRequest& request) {
  const absl::Status status = engine.DropCollection(request.name());
  return request.allow_missing() && absl::IsNotFound(status) ? absl::OkStatus() : status;
}

absl::Status HandleGetStats(Engine& engine, const std::string& name,
                            v1::CollectionStats* response) {
  NESTOR_ASSIGN_OR_RETURN(const std::shared_ptr<Collection> collection, engine.Find(name));
  WriteStats(collection->Stats(), response);
  return absl::OkStatus();
}

absl::Status HandleCreatePayloadIndex(Engine& engine, const v1::CreatePayloadIndexRequest& request,
                                      v1::Collection* response) {
  NESTOR_ASSIGN_OR_RETURN(const std::shared_ptr<Collection> collection,
                          engine.Find(request.name()));
  Violations violations;
  const IndexedField index = ReadPayloadIndex(request.index(), "index", &violations);
  ValidatePayloadIndex(index, "index", &violations);
  NESTOR_RETURN_IF_ERROR(violations.ToStatus());
  NESTOR_RETURN_IF_ERROR(collection->ChangeSchema({.add = &index, .drop = {}}));
  WriteCollection(*collection, response);
  return absl::OkStatus();
}

absl::Status HandleDeletePayloadIndex(Engine& engine, const v1::DeletePayloadIndexRequest& request,
                                      v1::Collection* response) {
  NESTOR_ASSIGN_OR_RETURN(const std::shared_ptr<Collection> collection,
                          engine.Find(request.name()));
  Violations violations;
  if (!IsFieldPath(request.field())) violations.Add("field", FieldPathProblem(request.field()));
  NESTOR_RETURN_IF_ERROR(violations.ToStatus());
  NESTOR_RETURN_IF_ERROR(collection->ChangeSchema({.drop = request.field()}));
  WriteCollection(*collection, response);
  return absl::OkStatus();
}

absl::Status HandleAdvise(Engine& engine, const v1::AdviseRequest& request, v1::Advice* response) {
  NESTOR_ASSIGN_OR_RETURN(const std::shared_ptr<Collection> collection,
                          engine.Find(request.name()));
  NESTOR_ASSIGN_OR_RETURN(const Advice advice, collection->GetAdvice());
  WriteAdvice(advice, response);
  return absl::OkStatus();
}

absl::StatusOr<CollectionWait> StartWaitForIndex(Engine& engine,
                                                 const v1::WaitForIndexRequest& request) {
  NESTOR_ASSIGN_OR_RETURN(std::shared_ptr<Collection> collection, engine.Find(request.name()));
  NESTOR_ASSIGN_OR_RETURN(const Sequence last, collection->SealWrites());
  const Sequence wanted = request.sequence() == 0 ? last : Sequence{request.sequence()};
  if (wanted > last) {
    return absl::OutOfRangeError(absl::StrCat("sequence: ", request.sequence(),
                                              " is ahead of the last write ", ToNumber(last)));
  }
  return CollectionWait{std::move(collection), [wanted](const Collection& waited_for) {
                          return waited_for.IsIndexed(wanted);
                        }};
}

absl::StatusOr<CollectionWait> StartCalibrate(Engine& engine, const v1::CalibrateRequest& request) {
  NESTOR_ASSIGN_OR_RETURN(std::shared_ptr<Collection> collection, engine.Find(request.name()));
  NESTOR_RETURN_IF_ERROR(collection->SealWrites().status());
  const uint64_t number = collection->AskForCalibration();
  return CollectionWait{std::move(collection), [number](const Collection& waited_for) {
                          return waited_for.CalibrationEnded(number);
                        }};
}

}  // namespace nestor
