// The rules of the house that a compiler does not know: who may include whom (the table of layers),
// and the small facts that keep files alike. A rule that is wrong is changed here, in the open, and
// never worked around.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "tests/tidy/checker.h"
#include "tests/tidy/source_file.h"

namespace nestor::tidy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Rules HouseRules() {
  Rules rules;
  rules.layers = {
      {"nestor/v1", {}, {}},  // generated from proto/, as is the next one
      {"nestor/rpc", {}, {}},
      {"storage", {}, {"absl/", "rocksdb/", "google/protobuf/", "isa-l/"}},
      {"engine/kernels", {}, {"immintrin.h", "cpuid.h", "arm_neon.h"}},
      {"engine",
       {"engine/kernels", "storage", "nestor/rpc"},
       {"absl/", "roaring/", "faiss/", "omp.h", "cblas.h"}},
      {"server",
       // The kernels for float16 on the wire, and for the name of the set in the log.
       {"engine", "engine/kernels", "storage", "nestor/rpc", "nestor/v1"},
       {"absl/", "grpcpp/", "grpc/", "google/protobuf/", "spdlog/", "toml++/", "CLI/"}},
      {"client",
       {"nestor/rpc", "nestor/v1"},
       {"absl/", "grpcpp/", "google/protobuf/", "nlohmann/", "CLI/"}},
      {"benchmarks",
       {"client", "engine", "engine/kernels", "server", "storage", "nestor/rpc", "nestor/v1"},
       {"*"}},
      {"tests",
       {"benchmarks", "client", "engine", "engine/kernels", "server", "storage", "nestor/rpc",
        "nestor/v1"},
       {"*"}},
  };
  rules.not_system = {"immintrin.h", "cpuid.h", "arm_neon.h", "omp.h", "cblas.h"};
  // They throw, race, or bring their own idea of a file: one .cc of the engine knows each.
  rules.one_file_libraries = {"faiss/", "omp.h", "cblas.h"};
  rules.max_lines = 400;
  return rules;
}

std::vector<SourceFile> ReadTree() {
  const std::filesystem::path root = NESTOR_SOURCE_DIR;
  std::vector<SourceFile> files;
  for (const char* folder : {"storage", "engine", "server", "client", "benchmarks", "tests"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root / folder)) {
      const std::string extension = entry.path().extension();
      if (extension != ".h" && extension != ".cc" && extension != ".cu") continue;
      std::ifstream in(entry.path(), std::ios::binary);
      std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
      files.push_back(
          {std::filesystem::relative(entry.path(), root).generic_string(), std::move(text)});
    }
  }
  std::sort(files.begin(), files.end(),
            [](const auto& a, const auto& b) { return a.path < b.path; });
  return files;
}

std::vector<std::string> Check(std::vector<SourceFile> files) {
  return Checker(HouseRules(), std::move(files)).Run();
}

std::vector<std::string> Check(const std::string& path, const std::string& text) {
  return Check({{path, text}});
}

TEST(TidyTest, TheTreeFollowsTheRules) {
  std::vector<SourceFile> tree = ReadTree();
  ASSERT_GT(tree.size(), 20U) << "not the repository: " << NESTOR_SOURCE_DIR;
  for (const std::string& violation : Check(std::move(tree))) ADD_FAILURE() << violation;
}

TEST(TidyTest, LayersMayOnlyIncludeDownwards) {
  EXPECT_THAT(Check("storage/a.cc", "#include \"engine/plan.h\"\n"),
              ElementsAre("storage/a.cc:1: may not include engine/plan.h"));
  EXPECT_THAT(Check("engine/a.cc", "#include \"server/config.h\"\n"), SizeIs(1));
  EXPECT_THAT(Check("engine/a.cc", "#include \"nestor/v1/points.pb.h\"\n"), SizeIs(1));
  EXPECT_THAT(Check("engine/kernels/a.cc", "#include \"engine/plan.h\"\n"), SizeIs(1));
  EXPECT_THAT(Check("engine/kernels/a.cc", "#include \"storage/check.h\"\n"), SizeIs(1));
  EXPECT_THAT(Check("server/a.cc", "#include \"client/client.h\"\n"), SizeIs(1));
  EXPECT_THAT(Check("client/a.cc", "#include \"engine/plan.h\"\n"), SizeIs(1));
  EXPECT_THAT(Check("client/a.cc", "#include \"storage/types.h\"\n"), SizeIs(1));
  EXPECT_THAT(Check("benchmarks/a.cc", "#include \"tests/util.h\"\n"), SizeIs(1));
}

TEST(TidyTest, LayersMayIncludeWhatTheTableGrants) {
  EXPECT_THAT(
      Check("engine/a.cc", "#include \"storage/records.pb.h\"\n#include \"engine/kernels/x.h\"\n"),
      IsEmpty());
  EXPECT_THAT(Check("server/a.cc", "#include \"nestor/v1/points.pb.h\"\n#include \"engine/x.h\"\n"),
              IsEmpty());
  EXPECT_THAT(Check("client/a.cc", "#include <grpcpp/grpcpp.h>\n#include <nlohmann/json.hpp>\n"),
              IsEmpty());
  EXPECT_THAT(
      Check("storage/a.cc", "#include <vector>\n#include <unistd.h>\n#include <sys/mman.h>\n"),
      IsEmpty());
  EXPECT_THAT(Check("tests/a.cc", "#include \"engine/kernels/x.h\"\n#include <gtest/gtest.h>\n"),
              IsEmpty());
}

TEST(TidyTest, LibrariesStayInTheirFolders) {
  EXPECT_THAT(Check("engine/a.cc", "#include \"rocksdb/db.h\"\n"), SizeIs(1));
  EXPECT_THAT(Check("engine/a.cc", "#include <grpcpp/grpcpp.h>\n"), SizeIs(1));
  EXPECT_THAT(Check("engine/a.cc", "#include <immintrin.h>\n"), SizeIs(1));
  EXPECT_THAT(Check("engine/kernels/a.cc", "#include \"absl/status/status.h\"\n"), SizeIs(1));
  EXPECT_THAT(Check("storage/a.cc", "#include <grpcpp/grpcpp.h>\n"), SizeIs(1));
  EXPECT_THAT(Check("server/a.cc", "#include \"rocksdb/db.h\"\n"), SizeIs(1));
  EXPECT_THAT(Check("server/a.cc", "#include <gtest/gtest.h>\n"), SizeIs(1));
  EXPECT_THAT(Check("client/a.cc", "#include <spdlog/spdlog.h>\n"), SizeIs(1));
}

TEST(TidyTest, AFileOutsideTheTableMayIncludeNothing) {
  EXPECT_THAT(Check("elsewhere/a.cc", "#include <vector>\n"), SizeIs(1));
}

TEST(TidyTest, OneFileOfTheEngineKnowsALibrary) {
  const std::string text = "#include \"faiss/Clustering.h\"\n";
  EXPECT_THAT(Check({{"engine/a.cc", text}, {"benchmarks/b.cc", text}}), IsEmpty());
  EXPECT_THAT(Check({{"engine/a.cc", text}, {"engine/b.cc", text}}),
              ElementsAre("engine/b.cc:1: faiss/ belongs in one file, and engine/a.cc is it"));
  EXPECT_THAT(
      Check("engine/a.h", "#ifndef NESTOR_ENGINE_A_H_\n#define NESTOR_ENGINE_A_H_\n" + text),
      ElementsAre("engine/a.h:3: faiss/ in a header"));
}

TEST(TidyTest, ASourceIncludesItsOwnHeaderFirst) {
  const SourceFile header = {"engine/a.h",
                             "#ifndef NESTOR_ENGINE_A_H_\n#define NESTOR_ENGINE_A_H_\n"};
  EXPECT_THAT(Check({header, {"engine/a.cc", "#include \"engine/a.h\"\n\n#include <vector>\n"}}),
              IsEmpty());
  EXPECT_THAT(Check({header, {"engine/a.cc", "#include <vector>\n\n#include \"engine/a.h\"\n"}}),
              ElementsAre("engine/a.cc:1: must include engine/a.h first"));
  EXPECT_THAT(Check("server/main.cc", "#include <vector>\n"), IsEmpty());
}

TEST(TidyTest, TheGuardMatchesThePath) {
  EXPECT_THAT(
      Check(
          "engine/kernels/a_b.h",
          "// Why.\n#ifndef NESTOR_ENGINE_KERNELS_A_B_H_\n#define NESTOR_ENGINE_KERNELS_A_B_H_\n"),
      IsEmpty());
  EXPECT_THAT(Check("engine/a.h", "#ifndef A_H\n#define A_H\n"), SizeIs(1));
  EXPECT_THAT(Check("engine/a.h", "#pragma once\n"), SizeIs(1));
  EXPECT_THAT(Check("engine/a.h", ""), SizeIs(1));
}

TEST(TidyTest, AFileOfTheProductHasALimit) {
  EXPECT_THAT(Check("engine/a.cc", std::string(400, '\n')), IsEmpty());
  EXPECT_THAT(Check("engine/a.cc", std::string(401, '\n')),
              ElementsAre(HasSubstr("401 lines exceed 400")));
  EXPECT_THAT(Check("tests/a.cc", std::string(401, '\n')), IsEmpty());
}

TEST(TidyTest, SomeWordsAreRefused) {
  EXPECT_THAT(Check("engine/a.cc", "\tint a;\n"), ElementsAre("engine/a.cc:1: tab"));
  EXPECT_THAT(Check("engine/a.cc", "\nusing namespace std;\n"),
              ElementsAre("engine/a.cc:2: using namespace std"));
  EXPECT_THAT(Check("engine/a.cc", "// TODO: later\n"), SizeIs(1));
  EXPECT_THAT(Check("engine/a.cc", "/* a\n TODO(me) */\n"), ElementsAre(HasSubstr("a.cc:2: TODO")));
  EXPECT_THAT(Check("engine/a.cc", "// TODO(#12): later\n"), IsEmpty());
  EXPECT_THAT(Check("engine/a.cc", std::string("auto* f = \"/ho") + "me/me/data\";\n"), SizeIs(1));
}

TEST(TidyTest, NoLoopOutlivesItsRange) {
  EXPECT_THAT(Check("engine/a.cc", "for (const Part& part : view()->parts) {\n"),
              ElementsAre(HasSubstr("a.cc:1: loop over a member of what a call returns")));
  EXPECT_THAT(Check("engine/a.cc", "for (const Part& part : view->parts) {\n"), IsEmpty());
  EXPECT_THAT(Check("engine/a.cc", "for (const Id& id : request.ids()) {\n"), IsEmpty());
  EXPECT_THAT(Check("engine/a.cc", "for (const int i : {1, 2}) message.add()->set(i);\n"),
              IsEmpty());
  EXPECT_THAT(Check("engine/a.cc", "const auto rows = view()->rows;\n"), IsEmpty());
}

TEST(TidyTest, TextThatIsNotCodeIsNotJudgedAsCode) {
  EXPECT_THAT(Check("engine/a.cc", "// a new row; using namespace std\n"), IsEmpty());
  EXPECT_THAT(Check("engine/a.cc", "auto a = \"new \\\" new\";  // TODO(#1)\n"), IsEmpty());
  EXPECT_THAT(Check("engine/a.cc", "auto a = R\"x(\" new )\" new )x\"; int newer = 1'000'000;\n"),
              IsEmpty());
  EXPECT_THAT(Check("engine/a.cc", "char a = '\"'; auto* b = new int;  // \"\n"), SizeIs(1));
  EXPECT_THAT(Check("engine/a.cc", "int a = 1'000; auto* b = new int; int c = 0xf'f;\n"),
              SizeIs(1));
}

TEST(TidyTest, NewNeedsAnOwnerAtOnce) {
  EXPECT_THAT(Check("engine/a.cc", "void F() {\n  auto* a = new A();\n}\n"),
              ElementsAre("engine/a.cc:2: new without a smart pointer"));
  EXPECT_THAT(Check("engine/a.cc", "auto a = std::unique_ptr<A>(new A());\n"), IsEmpty());
  EXPECT_THAT(Check("engine/a.cc", "return absl::WrapUnique(\n    new A(1,\n          2));\n"),
              IsEmpty());
  EXPECT_THAT(Check("engine/a.cc", "#include <new>\nvoid* p = ::operator new(8);\n"), IsEmpty());
}

}  // namespace
}  // namespace nestor::tidy
