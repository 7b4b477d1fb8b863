#include <memory>

#include "benchmarks/command_line.h"
#include "benchmarks/gen/generate.h"
#include "engine/limits.h"

namespace nestor::bench {

void AddGenCommand(CLI::App& app, Command& command) {
  auto options = std::make_shared<GenOptions>();
  CLI::App* gen = app.add_subcommand("gen", "Make synthetic Matryoshka vectors with labels");
  gen->add_option("--profile", options->profile, "imagenet, text or concentrated")
      ->required()
      ->type_name("NAME");
  gen->add_option("--rows", options->rows, "Vectors of the base")
      ->required()
      ->check(CLI::Range(uint64_t{1}, kMaxGenRows))
      ->type_name("N");
  gen->add_option("--dims", options->dims, "Dims of each")
      ->required()
      ->check(CLI::Range(uint32_t{1}, kMaxDims))
      ->type_name("N");
  gen->add_option("--queries", options->queries, "Query vectors")
      ->required()
      ->check(CLI::Range(uint64_t{1}, kMaxGenRows))
      ->type_name("N");
  gen->add_option("--seed", options->seed, "Another seed makes other data of the same kind")
      ->capture_default_str()
      ->type_name("N");
  gen->add_flag(
      "--rotated", options->rotated,
      "Turn all vectors by one random rotation: prefixes are then no better than other dims");
  gen->add_option("--out", options->out, "The folder to write to")->required()->type_name("DIR");
  gen->footer(
      "Writes base.npy, queries.npy, base_labels.npy, query_labels.npy, and gen.json, which says\n"
      "that the data is synthetic and how it was made.\n"
      "  imagenet      1,000 classes of images; a prefix of 16 dims has most of the quality\n"
      "  text          10,000 topics; a prefix of 64 dims visibly fails\n"
      "  concentrated  nearly all energy in the first dims, and a mean far from zero\n"
      "Example:\n"
      "  nestor-bench gen --profile imagenet --rows 100000 --dims 2048 --queries 1000 --out data");
  gen->callback([options, &command] {
    command = [options](Console& console) { return Generate(*options, console); };
  });
}

}  // namespace nestor::bench
