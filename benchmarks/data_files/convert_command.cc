#include <memory>

#include "benchmarks/command_line.h"
#include "benchmarks/data_files/convert.h"

namespace nestor::bench {

void AddConvertCommand(CLI::App& app, Command& command) {
  auto options = std::make_shared<ConvertOptions>();
  CLI::App* convert =
      app.add_subcommand("convert", "Write vectors or integers of one file format as another");
  convert->add_option("IN", options->in, "The file to read")->required();
  convert->add_option("OUT", options->out, "The file to write")->required();
  convert->add_option("--dataset", options->dataset, "Of an HDF5 file (default: train)")
      ->type_name("NAME");
  convert->add_option("--dims", options->dims, "Only the first N dims: the Matryoshka prefix")
      ->check(CLI::PositiveNumber)
      ->type_name("N");
  convert->add_option("--rows", options->rows, "Only the first N rows")
      ->check(CLI::PositiveNumber)
      ->type_name("N");
  convert->add_flag("--normalize", options->normalize,
                    "Scale each vector, after --dims, to unit length");
  convert->footer(
      "Vectors: .npy (float32; float16 is read too), .fvecs, .bvecs, .fbin.\n"
      "Integers, such as true neighbours and labels: .npy (int32; int64 is read too), .ivecs, "
      ".ibin.\n"
      "HDF5 files of ann-benchmarks (.hdf5, .h5) are read: --dataset train, test or neighbors.\n"
      "A prefix keeps the lengths that it has: cosine does not care, dot product may want\n"
      "--normalize.\n"
      "Example:\n"
      "  nestor-bench convert glove-100-angular.hdf5 queries.npy --dataset test");
  convert->callback([options, &command] {
    command = [options](Console& console) { return Convert(*options, console); };
  });
}

}  // namespace nestor::bench
