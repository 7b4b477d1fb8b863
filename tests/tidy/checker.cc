#include "tests/tidy/checker.h"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <utility>

namespace nestor::tidy {
namespace {

bool IsIn(std::string_view path, const std::string& folder) {
  return path.starts_with(folder + "/");
}

bool IsProduct(const SourceFile& file) {
  return !IsIn(file.path, "tests") && !IsIn(file.path, "benchmarks");
}

bool StartsWithAny(std::string_view header, const std::vector<std::string>& prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(), [&](const std::string& prefix) {
    return prefix == "*" || header.starts_with(prefix);
  });
}

bool ContainsAny(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) {
    return text.find(word) != std::string_view::npos;
  });
}

bool IsDigit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }

std::string GuardOf(const std::string& path) {
  std::string guard = "NESTOR_" + path + "_";
  for (char& c : guard)
    c = IsWord(c) ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : '_';
  return guard;
}

bool HasUnnumberedTodo(std::string_view comment) {
  for (size_t at = comment.find("TODO"); at != std::string_view::npos;
       at = comment.find("TODO", at + 4)) {
    const std::string_view after = comment.substr(at + 4);
    if (after.size() < 3 || !after.starts_with("(#") || !IsDigit(after[2])) return true;
  }
  return false;
}

// An absolute path into somebody's folders.
bool NamesMachinePath(std::string_view line) {
  for (const std::string folder : {"home", "root", "work", "Users"}) {
    const size_t at = line.find("/" + folder + "/");
    if (at == std::string_view::npos) continue;
    if (at == 0 || (!IsWord(line[at - 1]) && line[at - 1] != '.')) return true;
  }
  return false;
}

// Is the `new` at `at` handed to a smart pointer in its own statement, or no expression at all?
bool IsOwnedNew(std::string_view code, size_t at) {
  const size_t separator = code.substr(0, at).find_last_of(";{}");
  const size_t begin = separator == std::string_view::npos ? 0 : separator + 1;
  const std::string_view before = code.substr(begin, at - begin);
  return ContainsAny(before, {"unique_ptr<", "shared_ptr<", "WrapUnique("}) ||
         before.ends_with("operator ") || before.ends_with("#include <");
}

// `for (x : f()->y)`: a smart pointer that f returns dies before the loop begins.
bool LoopsOverTemporary(std::string_view line) {
  const size_t loop = line.find("for (");
  if (loop == std::string_view::npos) return false;
  const size_t range = line.find(" : ", loop);
  if (range == std::string_view::npos) return false;
  const auto names = [](char c) { return IsWord(c) || c == '.' || c == ':'; };
  const auto call = std::find_if_not(line.begin() + range + 3, line.end(), names);
  return line.substr(static_cast<size_t>(call - line.begin())).starts_with("()->");
}

}  // namespace

Checker::Checker(Rules rules, std::vector<SourceFile> files)
    : rules_(std::move(rules)), files_(std::move(files)) {
  for (const SourceFile& file : files_) paths_.insert(file.path);
}

std::vector<std::string> Checker::Run() {
  for (const SourceFile& file : files_) {
    const Split split = SplitText(file.text);
    CheckIncludes(file);
    CheckOneFileLibraries(file);
    CheckOwnHeaderFirst(file);
    CheckGuard(file);
    CheckLength(file);
    CheckWords(file, split);
    CheckNew(file, split.code);
  }
  for (const auto& [library, users] : users_) {
    if (users.size() > 1)
      Report(*users.rbegin(), 1,
             library + " belongs in one file, and " + *users.begin() + " is it");
  }
  return violations_;
}

void Checker::Report(const std::string& path, int line, const std::string& what) {
  violations_.push_back(path + ":" + std::to_string(line) + ": " + what);
}

const Layer* Checker::LayerOf(std::string_view path) const {
  const Layer* best = nullptr;
  for (const Layer& layer : rules_.layers) {
    if (IsIn(path, layer.folder) && (best == nullptr || layer.folder.size() > best->folder.size()))
      best = &layer;
  }
  return best;
}

bool Checker::MayInclude(const Layer& layer, const std::string& header) const {
  const Layer* target = LayerOf(header);
  if (target == &layer) return true;
  if (target != nullptr)
    return std::count(layer.ours.begin(), layer.ours.end(), target->folder) > 0;
  if (StartsWithAny(header, layer.theirs)) return true;
  if (StartsWithAny(header, rules_.not_system)) return false;
  return header.find('/') == std::string::npos ||
         StartsWithAny(header, {"sys/", "netinet/", "arpa/", "linux/"});
}

void Checker::CheckIncludes(const SourceFile& file) {
  const Layer* layer = LayerOf(file.path);
  for (const Include& include : IncludesOf(file)) {
    if (layer == nullptr || !MayInclude(*layer, include.header)) {
      Report(file.path, include.line, "may not include " + include.header);
    }
  }
}

void Checker::CheckOneFileLibraries(const SourceFile& file) {
  if (!IsIn(file.path, "engine")) return;
  for (const Include& include : IncludesOf(file)) {
    for (const std::string& library : rules_.one_file_libraries) {
      if (!include.header.starts_with(library)) continue;
      users_[library].insert(file.path);
      if (!file.path.ends_with(".cc")) Report(file.path, include.line, library + " in a header");
    }
  }
}

void Checker::CheckOwnHeaderFirst(const SourceFile& file) {
  if (!IsProduct(file) || !file.path.ends_with(".cc")) return;
  const std::string own = file.path.substr(0, file.path.size() - 2) + "h";
  if (!paths_.contains(own)) return;
  const std::vector<Include> includes = IncludesOf(file);
  if (includes.empty() || includes[0].header != own)
    Report(file.path, 1, "must include " + own + " first");
}

void Checker::CheckGuard(const SourceFile& file) {
  if (!file.path.ends_with(".h")) return;
  const std::string guard = GuardOf(file.path);
  const std::vector<std::string> lines = Lines(SplitText(file.text).code);
  const auto first = std::find_if(lines.begin(), lines.end(), [](const std::string& line) {
    return line.find_first_not_of(' ') != std::string::npos;
  });
  const bool guarded = lines.end() - first >= 2 && *first == "#ifndef " + guard &&
                       *std::next(first) == "#define " + guard;
  if (!guarded) Report(file.path, 1, "the header guard must be " + guard);
}

void Checker::CheckLength(const SourceFile& file) {
  const auto lines = std::count(file.text.begin(), file.text.end(), '\n');
  if (!IsProduct(file) || lines <= rules_.max_lines) return;
  Report(file.path, rules_.max_lines + 1,
         std::to_string(lines) + " lines exceed " + std::to_string(rules_.max_lines));
}

void Checker::CheckWords(const SourceFile& file, const Split& split) {
  const std::vector<std::string> all = Lines(file.text);
  const std::vector<std::string> code = Lines(split.code);
  const std::vector<std::string> comments = Lines(split.comments);
  for (size_t i = 0; i < all.size(); ++i) {
    const int line = static_cast<int>(i) + 1;
    if (ContainsAny(all[i], {"\t"})) Report(file.path, line, "tab");
    if (ContainsAny(code[i], {"using namespace std"}))
      Report(file.path, line, "using namespace std");
    if (LoopsOverTemporary(code[i]))
      Report(file.path, line,
             "loop over a member of what a call returns, which may be gone by then");
    if (HasUnnumberedTodo(comments[i]))
      Report(file.path, line, "TODO without an issue number, as in TODO(#12)");
    if (NamesMachinePath(all[i])) Report(file.path, line, "path of one machine");
  }
}

// An object is made by make_unique, or, where the constructor is private, by a factory that hands
// the result of `new` to a smart pointer.
void Checker::CheckNew(const SourceFile& file, std::string_view code) {
  if (!IsProduct(file)) return;
  for (size_t at = code.find("new"); at != std::string_view::npos; at = code.find("new", at + 3)) {
    const bool whole_word =
        WordStart(code, at) == at && (at + 3 == code.size() || !IsWord(code[at + 3]));
    if (!whole_word || IsOwnedNew(code, at)) continue;
    const auto line =
        1 + std::count(code.begin(), code.begin() + static_cast<std::ptrdiff_t>(at), '\n');
    Report(file.path, static_cast<int>(line), "new without a smart pointer");
  }
}

}  // namespace nestor::tidy
