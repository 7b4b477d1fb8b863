#include "tests/benchmarks/data_files/hdf5_file.h"

#include <hdf5.h>

#include "tests/client/test_files.h"

namespace nestor::testing {
namespace {

struct Table {
  const char* name;
  std::vector<hsize_t> sizes;
  hid_t type = H5T_IEEE_F32LE;
  hid_t creation = H5P_DEFAULT;
};

// Leaves out the numbers when `numbers` is null.
void Write(hid_t file, const Table& table, hid_t memory_type, const void* numbers) {
  const hid_t space =
      H5Screate_simple(static_cast<int>(table.sizes.size()), table.sizes.data(), nullptr);
  const hid_t dataset =
      H5Dcreate2(file, table.name, table.type, space, H5P_DEFAULT, table.creation, H5P_DEFAULT);
  if (numbers != nullptr) {
    H5Dwrite(dataset, memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, numbers);
  }
  H5Dclose(dataset);
  H5Sclose(space);
}

hid_t Chunks(hsize_t rows, hsize_t columns) {
  const hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
  const hsize_t sizes[2] = {rows, columns};
  H5Pset_chunk(creation, 2, sizes);
  return creation;
}

void WriteMatrix(hid_t file, const bench::FloatMatrix& matrix) {
  const std::vector<hsize_t> sizes = {matrix.rows, matrix.dims};
  Write(file, {"train", sizes}, H5T_NATIVE_FLOAT, matrix.values.data());
  const hid_t creation = Chunks(2, 2);
  H5Pset_deflate(creation, 6);
  Write(file, {"wide", sizes, H5T_IEEE_F64LE, creation}, H5T_NATIVE_FLOAT, matrix.values.data());
  H5Pclose(creation);
}

void WriteInts(hid_t file, const std::vector<std::vector<int32_t>>& rows) {
  std::vector<int32_t> numbers;
  for (const std::vector<int32_t>& row : rows) {
    numbers.insert(numbers.end(), row.begin(), row.end());
  }
  Write(file, {"neighbors", {rows.size(), rows.front().size()}, H5T_STD_I32LE}, H5T_NATIVE_INT32,
        numbers.data());
}

void WriteOddities(hid_t file) {
  const float line[3] = {1, 2, 3};
  Write(file, {"line", {3}}, H5T_NATIVE_FLOAT, line);
  const hid_t text = H5Tcopy(H5T_C_S1);
  Write(file, {"text", {1, 1}, text}, text, "x");
  H5Tclose(text);
  const hid_t chunks = Chunks(1000, 4);
  Write(file, {"promised", {1'000'000'000'000, 4}, H5T_IEEE_F32LE, chunks}, H5T_NATIVE_FLOAT,
        nullptr);
  Write(file, {"broad", {2, 100'000}}, H5T_NATIVE_FLOAT, nullptr);
  H5Pclose(chunks);
  const hid_t elsewhere = H5Pcreate(H5P_DATASET_CREATE);
  H5Pset_external(elsewhere, "other", 0, H5F_UNLIMITED);
  Write(file, {"elsewhere", {2, 2}, H5T_IEEE_F32LE, elsewhere}, H5T_NATIVE_FLOAT, nullptr);
  H5Pclose(elsewhere);
}

}  // namespace

std::string WriteHdf5(const std::string& name, const bench::FloatMatrix& matrix,
                      const std::vector<std::vector<int32_t>>& integers) {
  const std::string path = WriteFile(name, "");
  const hid_t file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  WriteMatrix(file, matrix);
  WriteInts(file, integers);
  WriteOddities(file);
  H5Fclose(file);
  return path;
}

}  // namespace nestor::testing
