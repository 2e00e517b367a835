// A data set as rows: what each is called, its hash, its label and, where there are numbers, its features.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "threats/data/merkle.h"

namespace duolex::threats::data {

inline constexpr std::int32_t no_label = -1;

struct Row {
  std::string name;   // what a person opens: "row 12", "images/cat.png", "line 3"
  Hash hash{};        // of its bytes, as a leaf of the tree
  Hash content{};     // of what it holds without its label: equal for duplicates
  std::int32_t label = no_label;  // index into `classes`
  std::string split;  // "train", "test", …; "" when the data does not say
};

struct DataSet {
  std::string name, kind;
  std::vector<Row> rows;
  std::vector<std::string> classes;
  std::size_t features = 0;             // numbers a row; 0: none
  std::vector<float> values;            // rows × features; NaN: missing
  std::vector<std::string> feature_names;
  std::vector<std::string> not_read;    // what of the data took no part

  [[nodiscard]] const float* row(std::size_t i) const { return values.data() + i * features; }
  [[nodiscard]] bool labelled() const;
  // The index of a class, added when it is new; no_label when there are too many.
  std::int32_t class_of(const std::string& label);
};

struct ReadOptions {
  std::string label_column;  // of tables: its name, its number from 1, or "last"; of lines of JSON: the key
};

inline constexpr std::size_t most_rows = 2'000'000;
inline constexpr std::size_t most_values = 50'000'000;
inline constexpr std::size_t most_classes = 10'000;

// By name and first bytes: CSV, NPY, NPZ, IDX, JSON lines, COCO, Parquet; each also gzipped. Bounded; a failure names the place.
[[nodiscard]] Result<DataSet> read_data(const std::string& name, std::string_view bytes, const ReadOptions& options = {});

// Files of a folder, as (path relative to it, bytes). Folders named after splits and classes give both.
struct NamedBytes {
  std::string path;
  Hash hash{}, content{};
};
[[nodiscard]] DataSet from_files(const std::string& name, std::vector<NamedBytes> files);

// One label a row: NPY or IDX of whole numbers, or lines of text.
[[nodiscard]] Result<void> add_labels(DataSet& data, const std::string& name, std::string_view bytes);

// The readers of single kinds.
[[nodiscard]] Result<DataSet> read_csv(const std::string& name, std::string_view bytes, const ReadOptions& options);
[[nodiscard]] Result<DataSet> read_npy_rows(const std::string& name, std::string_view bytes);
[[nodiscard]] Result<DataSet> read_npz(const std::string& name, std::string_view bytes);
[[nodiscard]] Result<DataSet> read_idx(const std::string& name, std::string_view bytes);
[[nodiscard]] Result<DataSet> read_json_lines(const std::string& name, std::string_view bytes, const ReadOptions& options);
[[nodiscard]] Result<DataSet> read_coco(const std::string& name, std::string_view bytes);

// "training", "Train", "val" and the like as train, test or validation; "" for other words.
[[nodiscard]] std::string split_name(std::string_view word);

}  // namespace duolex::threats::data
