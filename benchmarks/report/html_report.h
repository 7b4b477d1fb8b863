#ifndef NESTOR_BENCHMARKS_REPORT_HTML_REPORT_H_
#define NESTOR_BENCHMARKS_REPORT_HTML_REPORT_H_

#include <string>
#include <vector>

#include "client/json.h"

namespace nestor::bench {

// A document and where it comes from.
struct NamedDocument {
  std::string name;  // of its file
  Json document;
};

// One HTML page about all documents: for each what was measured, on what and with what, whether it
// is valid, its charts and its numbers. The page needs nothing else, no network and no script.
// Synthetic data are called so. What a document lacks is left out.
std::string HtmlReport(const std::vector<NamedDocument>& documents);

}  // namespace nestor::bench

#endif  // NESTOR_BENCHMARKS_REPORT_HTML_REPORT_H_
