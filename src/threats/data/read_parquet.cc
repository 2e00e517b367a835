// Tables in Parquet, of one file or of several that belong together. A row is hashed by what it holds, column by column,
// so that the same rows have the same hashes however they are packed, encoded and grouped.
#include "threats/data/read_parquet.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <map>
#include <optional>
#include <set>

#include "text/node.h"
#include "threats/data/data_set.h"
#include "threats/data/parquet_values.h"
#include "threats/parquet/cursor.h"

namespace duolex::threats::data {
namespace {

using parquet::Column;
using parquet::Cursor;
constexpr std::size_t stored_whole = 64;        // bytes of a value; a longer one counts by its hash
constexpr std::size_t longest_list = 100'000;   // numbers of a row
constexpr float missing = std::numeric_limits<float>::quiet_NaN();

enum class Role { number, numbers, label, split, index, file_name, hashed };

// What becomes of a column.
struct Plan {
  Column column;
  Role role = Role::hashed;
  std::size_t length = 0;       // of lists: numbers a row, once known
  std::size_t waiting = 0;      // of lists: rows without one before that
  std::string given_up;         // why its numbers are not read
  std::vector<float> numbers;
};

std::string lower(const std::string& text) {
  std::string out;
  for (const char c : text) out += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return out;
}

bool one_of(const std::string& word, std::initializer_list<const char*> words) {
  return std::any_of(words.begin(), words.end(), [&](const char* w) { return word == w; });
}

class Table {
 public:
  Table(const std::string& name, const ReadOptions& options) : options_(options) {
    out_.name = name;
    out_.kind = "Parquet";
  }

  Result<void> add(const Shard& shard, bool one_of_many) {
    auto file = parquet::open(shard.path, shard.bytes);
    if (!file) return tl::unexpected(file.error());
    if (file->footer.rows > most_rows - out_.rows.size()) return refuse(shard.path, "holds more rows than are read");
    if (plans_.empty()) {
      if (auto planned = plan(*file); !planned) return planned;
    } else if (const std::string other = differing(file->footer.columns); !other.empty()) {
      return refuse(shard.path, "has other columns than the files before it ('" + other + "')");
    }
    const auto scalars = static_cast<std::size_t>(std::count_if(plans_.begin(), plans_.end(), [](const Plan& p) { return p.role == Role::number; }));
    if ((out_.rows.size() + file->footer.rows) * scalars > most_values) return refuse(shard.path, "holds more numbers than are read");
    shard_rows_ = 0;
    row_prefix_ = one_of_many ? shard.path + " row " : "row ";
    file_split_ = one_of_many ? split_of_path(shard.path) : "";
    for (std::size_t g = 0; g < file->footer.groups.size(); ++g)
      if (auto read = group(*file, g); !read) return read;
    return {};
  }

  Result<DataSet> finish();

 private:
  static Failure refuse(const std::string& file, const std::string& what, const std::string& hint = "") { return failure(error_in(file, what, hint)); }
  Result<void> plan(const parquet::File& file);
  void name_classes(const parquet::File& file);
  [[nodiscard]] std::string differing(const std::vector<Column>& columns) const;
  Result<void> group(parquet::File& file, std::size_t g);
  void entries_of_row(Plan& plan, Cursor& cursor, std::vector<std::optional<Hash>>& known, std::string& into, Row& row);
  void end_list(Plan& plan, const std::vector<float>& list, bool any);
  void give_up(Plan& plan, const std::string& why) {
    plan.given_up = why;
    listed_ -= plan.numbers.size();
    plan.numbers = {};
  }

  ReadOptions options_;
  DataSet out_;
  std::vector<Plan> plans_;
  std::vector<std::string> labels_, class_names_;
  std::vector<bool> labelled_;
  std::vector<float> list_;
  std::size_t listed_ = 0;     // numbers of all lists
  std::size_t shard_rows_ = 0;
  bool bytes_here_ = false;    // the row holds the bytes whose path comes after them
  std::string row_prefix_, file_split_, label_column_;
};

Result<void> Table::plan(const parquet::File& file) {
  const std::vector<Column>& columns = file.footer.columns;
  std::size_t label = columns.size();
  if (options_.label_column == "last") {
    label = columns.size() - 1;
  } else if (!options_.label_column.empty()) {
    for (std::size_t i = columns.size(); i-- > 0;)
      if (columns[i].name() == options_.label_column || std::to_string(i + 1) == options_.label_column) label = i;
    if (label == columns.size()) return refuse(file.name, "has no column '" + options_.label_column + "'", "name it, count it from 1, or say 'last'");
  } else {
    for (std::size_t i = columns.size(); i-- > 0;)
      if (columns[i].path.size() == 1 && one_of(lower(columns[i].name()), {"label", "class", "target", "y", "category"})) label = i;
  }
  if (label < columns.size() && columns[label].most_repetition > 0) {
    if (!options_.label_column.empty()) return refuse(file.name, "the column '" + columns[label].name() + "' holds lists and can be no label");
    label = columns.size();
  }
  for (std::size_t i = 0; i < columns.size(); ++i) {
    Plan p;
    p.column = columns[i];
    const std::string name = lower(columns[i].name());
    const bool flat = columns[i].most_repetition == 0;
    if (i == label) {
      p.role = Role::label;
      label_column_ = columns[i].name();
    } else if (flat && columns[i].path.size() == 1 && one_of(name, {"split", "set", "subset", "partition"}) && columns[i].physical == parquet::Physical::bytes) {
      p.role = Role::split;
    } else if (flat && name.starts_with("__index_level_")) {
      p.role = Role::index;
    } else if (flat && i > 0 && columns[i].path.back() == "path" && columns[i].path.size() > 1 && columns[i - 1].path.back() == "bytes" &&
               std::equal(columns[i].path.begin(), columns[i].path.end() - 1, columns[i - 1].path.begin(), columns[i - 1].path.end() - 1)) {
      p.role = Role::file_name;
    } else if (holds_numbers(columns[i])) {
      p.role = flat ? Role::number : Role::numbers;
    }
    plans_.push_back(std::move(p));
  }
  name_classes(file);
  return {};
}

// Hugging Face's libraries keep the names of classes in a note.
void Table::name_classes(const parquet::File& file) {
  if (label_column_.empty()) return;
  for (const auto& [key, note] : file.footer.notes) {
    if (key != "huggingface") continue;
    const auto root = text::read_json(file.name, note);
    const text::Node* node = root ? &*root : nullptr;
    for (const std::string& step : {std::string("info"), std::string("features"), label_column_, std::string("names")})
      if (node != nullptr) node = node->kind == text::Node::Kind::mapping ? node->find(step) : nullptr;
    if (node == nullptr || node->kind != text::Node::Kind::sequence) continue;
    for (const text::Node& n : node->items) class_names_.push_back(n.text);
    return;
  }
}

std::string Table::differing(const std::vector<Column>& columns) const {
  for (std::size_t i = 0; i < std::max(columns.size(), plans_.size()); ++i) {
    if (i >= columns.size()) return plans_[i].column.name();
    if (i >= plans_.size()) return columns[i].name();
    const Column &a = plans_[i].column, &b = columns[i];
    if (a.path != b.path || a.physical != b.physical || a.kind != b.kind || a.most_repetition != b.most_repetition || a.scale != b.scale) return b.name();
  }
  return "";
}

Result<void> Table::group(parquet::File& file, std::size_t g) {
  std::vector<std::unique_ptr<Cursor>> cursors;
  for (std::size_t i = 0; i < plans_.size(); ++i) cursors.push_back(std::make_unique<Cursor>(file, g, i));
  std::vector<std::vector<std::optional<Hash>>> known(plans_.size());
  const auto broken = [&](const Cursor& c, std::size_t row) -> Failure {
    if (c.broken()) return failure(c.why());
    return refuse(file.name, "the column '" + c.column().name() + "' ends before row " + std::to_string(row + 1) + " of the group of rows " + std::to_string(g + 1));
  };
  const std::uint64_t rows = file.footer.groups[g].rows;
  for (std::uint64_t r = 0; r < rows; ++r) {
    std::string content, beside;
    Row row;
    row.name = row_prefix_ + std::to_string(++shard_rows_);
    row.split = file_split_;
    bytes_here_ = false;
    for (std::size_t i = 0; i < plans_.size(); ++i) {
      Cursor& c = *cursors[i];
      // Of lists the cursor already stands on the first entry of the row, found as the end of the one before.
      if ((plans_[i].column.most_repetition == 0 || r == 0) && !c.next()) return broken(c, r);
      if (c.broken() || c.ended()) return broken(c, r);
      if (c.repetition() != 0) return refuse(file.name, "the column '" + c.column().name() + "' begins within a row");
      const bool apart = plans_[i].role == Role::label || plans_[i].role == Role::split || plans_[i].role == Role::index || (plans_[i].role == Role::file_name && bytes_here_);
      entries_of_row(plans_[i], c, known[i], apart ? beside : content, row);
      if (c.broken()) return broken(c, r);
    }
    row.content = sha256(content);
    row.hash = leaf_hash(content + '\x1e' + beside);
    out_.rows.push_back(std::move(row));
  }
  for (std::size_t i = 0; i < cursors.size(); ++i) {
    Cursor& c = *cursors[i];
    if (rows > 0 ? (plans_[i].column.most_repetition > 0 && !c.ended()) : c.next()) return refuse(file.name, "the column '" + c.column().name() + "' holds more rows than its group");
    if (c.broken()) return broken(c, rows);
  }
  return {};
}

void Table::entries_of_row(Plan& plan, Cursor& cursor, std::vector<std::optional<Hash>>& known, std::string& into, Row& row) {
  const bool repeated = plan.column.most_repetition > 0;
  bool any = false;
  list_.clear();
  do {
    const bool here = cursor.has_value();
    any = any || here;
    into += static_cast<char>(cursor.repetition());
    into += static_cast<char>(cursor.definition());
    const parquet::Value& v = cursor.value();
    if (here && plan.column.stores_bytes()) {
      const std::uint64_t size = v.bytes.size();
      into.append(reinterpret_cast<const char*>(&size), 8);
      if (size <= stored_whole) {
        into += v.bytes;
      } else {
        // Of a text that the dictionary has once and the rows many times, the hash is computed once.
        Hash own{};
        const Hash* hash = &own;
        if (v.entry >= 0) {
          if (known.size() < cursor.dictionary_size()) known.resize(cursor.dictionary_size());
          std::optional<Hash>& kept = known[static_cast<std::size_t>(v.entry)];
          if (!kept) kept = sha256(v.bytes);
          hash = &*kept;
        } else {
          own = sha256(v.bytes);
        }
        into.append(reinterpret_cast<const char*>(hash->data()), hash->size());
      }
    } else if (here) {
      into.append(reinterpret_cast<const char*>(&v.bits), 8);
    }
    switch (plan.role) {
      case Role::number: plan.numbers.push_back(here ? number_of(plan.column, v) : missing); break;
      case Role::numbers:
        if (plan.given_up.empty() && list_.size() <= longest_list) list_.push_back(here ? number_of(plan.column, v) : missing);
        break;
      case Role::label:
        labels_.push_back(here ? text_of(plan.column, v) : "");
        labelled_.push_back(here);
        break;
      case Role::split:
        if (here) row.split = split_name(v.bytes).empty() ? std::string(v.bytes.substr(0, 40)) : split_name(v.bytes);
        break;
      case Role::file_name:
        if (here) row.name += " (" + std::string(v.bytes.substr(0, 80)) + ")";
        break;
      case Role::hashed: bytes_here_ = here && plan.column.physical == parquet::Physical::bytes; break;
      case Role::index: break;
    }
  } while (repeated && cursor.next() && cursor.repetition() != 0);
  if (plan.role == Role::numbers) end_list(plan, list_, any);
}

void Table::end_list(Plan& plan, const std::vector<float>& list, bool any) {
  if (!plan.given_up.empty()) return;
  // One entry without a value is a list that is absent or empty.
  const bool absent = !any && list.size() == 1;
  if (absent && plan.length == 0) {
    ++plan.waiting;
    return;
  }
  if (plan.length == 0) {
    plan.length = list.size();
    plan.numbers.assign(plan.waiting * plan.length, missing);
    listed_ += plan.numbers.size();
  }
  if (!absent && list.size() != plan.length) return give_up(plan, "holds lists of different lengths");
  listed_ += plan.length;
  if (plan.length > longest_list || listed_ > most_values) {
    listed_ -= plan.length;
    return give_up(plan, "holds more numbers than are read");
  }
  if (absent)
    plan.numbers.insert(plan.numbers.end(), plan.length, missing);
  else
    plan.numbers.insert(plan.numbers.end(), list.begin(), list.end());
}

Result<DataSet> Table::finish() {
  const std::size_t rows = out_.rows.size();
  if (rows == 0) return refuse(out_.name, "holds no rows");
  struct Part {
    std::vector<float> numbers;
    std::size_t width, at;
  };
  std::vector<Part> parts;
  for (Plan& p : plans_) {
    const std::size_t width = p.role == Role::number ? 1 : p.role == Role::numbers && p.given_up.empty() ? p.length : 0;
    if (width > 0 && (out_.features + width) * rows > most_values && p.role == Role::numbers) p.given_up = "holds more numbers than are read";
    if (width > 0 && p.given_up.empty()) {
      for (std::size_t i = 0; i < width; ++i) out_.feature_names.push_back(p.column.name() + (p.role == Role::numbers ? "[" + std::to_string(i) + "]" : ""));
      parts.push_back({std::move(p.numbers), width, out_.features});
      out_.features += width;
    } else if (p.role == Role::hashed || p.role == Role::numbers) {
      out_.not_read.push_back("the column '" + p.column.name() + "', which " + (p.given_up.empty() ? p.role == Role::numbers ? "holds no numbers" : "does not hold numbers" : p.given_up) + ", beyond its hash");
    } else if (p.role == Role::index) {
      out_.not_read.push_back("the column '" + p.column.name() + "', which only counts the rows");
    }
  }
  out_.values.resize(rows * out_.features);
  for (Part& p : parts) {
    for (std::size_t r = 0; r < rows; ++r) std::copy_n(p.numbers.begin() + static_cast<std::ptrdiff_t>(r * p.width), p.width, out_.values.begin() + static_cast<std::ptrdiff_t>(r * out_.features + p.at));
    p.numbers = {};
  }
  if (label_column_.empty()) {
    out_.not_read.push_back("labels: no column is called label, class, target, y or category; name it with --label-column");
    return std::move(out_);
  }
  for (std::size_t r = 0; r < rows && !class_names_.empty(); ++r) {
    std::size_t place = 0;
    const char* const end = labels_[r].data() + labels_[r].size();
    if (labelled_[r] && std::from_chars(labels_[r].data(), end, place).ptr == end && place < class_names_.size() && !class_names_[place].empty()) labels_[r] = class_names_[place];
  }
  std::set<std::string> all;
  for (std::size_t r = 0; r < rows; ++r)
    if (labelled_[r]) all.insert(labels_[r]);
  if (all.size() > most_classes) {
    out_.not_read.push_back("labels: more than " + std::to_string(most_classes) + " different ones");
    return std::move(out_);
  }
  out_.classes.assign(all.begin(), all.end());
  for (std::size_t r = 0; r < rows; ++r)
    if (labelled_[r]) out_.rows[r].label = static_cast<std::int32_t>(std::lower_bound(out_.classes.begin(), out_.classes.end(), labels_[r]) - out_.classes.begin());
  if (!out_.labelled()) out_.not_read.push_back("labels: not every row has one");
  return std::move(out_);
}

}  // namespace

std::string split_of_path(std::string_view path) {
  // "data/train-00000-of-00002.parquet", "train/0.parquet"
  std::string found;
  for (std::size_t at = 0; at <= path.size() && found.empty();) {
    const std::size_t end = std::min(path.find_first_of("/-_.", at), path.size());
    found = split_name(path.substr(at, end - at));
    at = end + 1;
  }
  return found;
}

Result<DataSet> read_parquet(const std::string& name, const std::vector<Shard>& shards, const ReadOptions& options) {
  Table table(name, options);
  for (const Shard& s : shards)
    if (auto added = table.add(s, shards.size() > 1 || s.path != name); !added) return tl::unexpected(added.error());
  return table.finish();
}

}  // namespace duolex::threats::data
