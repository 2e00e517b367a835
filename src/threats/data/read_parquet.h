// Tables in Parquet: one file, or several that are one data set.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "threats/data/data_set.h"

namespace duolex::threats::data {

struct Shard {
  std::string path;        // names the rows when there are several
  std::string_view bytes;  // of the whole file; may be mapped into memory: pages are unpacked one by one
};

// The rows of all, in the order given, which must have the same columns. Labels and splits as in a CSV; a split also
// from the path ("train-00000-of-00002.parquet"), names of classes also from the note of Hugging Face's libraries.
[[nodiscard]] Result<DataSet> read_parquet(const std::string& name, const std::vector<Shard>& shards, const ReadOptions& options);

// "train" of "data/train-00000-of-00002.parquet"; "" when no word of the path names a split.
[[nodiscard]] std::string split_of_path(std::string_view path);

}  // namespace duolex::threats::data
