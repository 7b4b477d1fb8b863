#include "storage/rocksdb_options.h"

#include <algorithm>
#include <vector>

#include "rocksdb/convenience.h"
#include "rocksdb/filter_policy.h"
#include "rocksdb/table.h"

namespace nestor {
namespace {

constexpr uint64_t kMiB = uint64_t{1} << 20;

// Text-like values shrink to a third with LZ4 at no cost that one would notice; a RocksDB built
// without it stores them as they are.
rocksdb::CompressionType PayloadCompression() {
  const std::vector<rocksdb::CompressionType> supported = rocksdb::GetSupportedCompressions();
  const bool has_lz4 = std::count(supported.begin(), supported.end(), rocksdb::kLZ4Compression) > 0;
  return has_lz4 ? rocksdb::kLZ4Compression : rocksdb::kNoCompression;
}

rocksdb::BlockBasedTableOptions MakeTableOptions(Family family,
                                                 const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  // Index and filters live in the cache, so that block_cache_bytes is all the memory that reading
  // takes...
  table.cache_index_and_filter_blocks = true;
  // ...but those of the newest files, which every read asks, stay.
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  // New ids and rows without a payload are asked for all the time: a filter answers without reading
  // a block.
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.whole_key_filtering = true;
  if (family == Family::kPoints) {
    // A row of 2048 dims and more gets a block of its own, so that reading single rows caches no
    // neighbours, and shorter rows share one; the index stays below one percent.
    table.block_size = 8 * 1024;
    // A look-up lands on its row instead of stepping over the vectors before it.
    table.block_restart_interval = 1;
  }
  return table;
}

}  // namespace

rocksdb::DBOptions MakeDbOptions(const RocksDbStoreOptions& options, rocksdb::Env* env) {
  rocksdb::DBOptions db;
  db.env = env;
  db.create_if_missing = true;
  db.create_missing_column_families = true;
  // A broken file stops the store instead of answering around it.
  db.paranoid_checks = true;
  // A write torn by power loss must not prevent the start; CheckWriteAheadLogs has made sure that
  // nothing but a torn write is dropped here. (kTolerateCorruptedTailRecords refuses a last write
  // of which only some pages reached the disk.)
  db.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  // After opening nothing needs the old logs any more: storage/obsolete_logs.h.
  db.avoid_flush_during_recovery = false;
  // A log that is missing as a whole is noticed.
  db.track_and_verify_wals_in_manifest = true;
  // Bounds the replay at start; families that are seldom written would hold back old logs for ever.
  db.max_total_wal_size = 512 * kMiB;
  // One flush and one compaction at least: a compaction must not hold up a flush, which would hold
  // up writes.
  db.max_background_jobs = std::max(2, options.background_threads);
  // Table files go to disk while they are written, not in one burst at the end that slows down the
  // syncs of commits.
  db.bytes_per_sync = kMiB;
  // All stay open. Then a file that cannot be opened refuses the start; later it would spoil an
  // iterator that has met a deleted range before it: RocksDB 7.8 frees that twice (its issue
  // 12805).
  db.max_open_files = -1;
  // The list of files is written anew before replaying it takes long.
  db.max_manifest_file_size = 64 * kMiB;
  return db;
}

rocksdb::ColumnFamilyOptions MakeFamilyOptions(Family family,
                                               const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::ColumnFamilyOptions options;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(MakeTableOptions(family, cache)));
  // Vectors do not compress, and the other families are small.
  options.compression = rocksdb::kNoCompression;
  // Levels grow from the last one up: a tenth of the space is overhead, at any size.
  options.level_compaction_dynamic_level_bytes = true;
  switch (family) {
    case Family::kPoints:
      // An import fills a buffer in half a second at 15,000 rows of 8 KB per second; three more
      // take what comes while it is flushed. Rows ascend, so flushed files do not overlap and move
      // down without being rewritten.
      options.write_buffer_size = 64 * kMiB;
      options.max_write_buffer_number = 4;
      // Reads look there first, and most rows have left: 10 bits for each row of 100 dims and more.
      options.memtable_whole_key_filtering = true;
      options.memtable_prefix_bloom_size_ratio = 0.003;
      options.max_bytes_for_level_base = 512 * kMiB;
      options.target_file_size_base = 128 * kMiB;  // fewer files to keep open
      break;
    case Family::kPayloads:
      options.compression = PayloadCompression();
      options.write_buffer_size = 32 * kMiB;
      options.max_write_buffer_number = 3;
      break;
    case Family::kIds:
      options.write_buffer_size = 16 * kMiB;
      options.max_write_buffer_number = 3;
      break;
    case Family::kMeta:
    case Family::kTombstones:
    case Family::kManifests:
    case Family::kExpiries:
      options.write_buffer_size = 4 * kMiB;
      options.max_write_buffer_number = 2;
      break;
  }
  return options;
}

}  // namespace nestor
