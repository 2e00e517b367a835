#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <set>

#include "text/utf8.h"
#include "threats/data/data_set.h"

namespace duolex::threats::data {
namespace {

constexpr std::size_t most_columns = 100'000;

// One record from `at`: its fields without quotes, and no more than one too many. `at` moves behind its line end. False at a
// quote that never closes.
bool record(std::string_view bytes, char separator, std::size_t& at, std::vector<std::string>& fields) {
  fields.clear();
  std::string field;
  while (true) {
    field.clear();
    if (at < bytes.size() && bytes[at] == '"') {
      for (++at;; ++at) {
        if (at >= bytes.size()) return false;
        if (bytes[at] == '"') {
          if (at + 1 >= bytes.size() || bytes[at + 1] != '"') break;
          ++at;
        }
        field += bytes[at];
      }
      ++at;
    }
    while (at < bytes.size() && bytes[at] != separator && bytes[at] != '\n') field += bytes[at++];
    if (!field.empty() && field.back() == '\r' && (at >= bytes.size() || bytes[at] == '\n')) field.pop_back();
    fields.push_back(field);
    if (at >= bytes.size() || fields.size() > most_columns) return true;
    if (bytes[at++] == '\n') return true;
  }
}

bool number(const std::string& field, float& out) {
  const std::size_t first = field.find_first_not_of(' ');
  if (first == std::string::npos) return out = std::numeric_limits<float>::quiet_NaN(), true;
  const std::size_t last = field.find_last_not_of(' ');
  const char* const begin = field.data() + first + (field[first] == '+' ? 1 : 0);
  const auto [end, code] = std::from_chars(begin, field.data() + last + 1, out);
  return code == std::errc() && end == field.data() + last + 1 && std::isfinite(out);
}

bool is_number(const std::string& field) {
  float f = 0;
  return number(field, f);
}

}  // namespace

Result<DataSet> read_csv(const std::string& name, std::string_view bytes, const ReadOptions& options) {
  DataSet out;
  out.name = name;
  out.kind = "CSV";
  const auto refuse = [&](const std::string& what, std::size_t line, const std::string& hint = "") {
    Diagnostic d = error_in(name, what, hint);
    d.span.line = static_cast<std::uint32_t>(line);
    d.span.column = 1;
    return failure(std::move(d));
  };
  if (bytes.substr(0, 3) == "\xef\xbb\xbf") bytes.remove_prefix(3);
  if (const auto bad = text::find_bad_encoding(bytes)) return failure(error_in(name, bad->what + " at byte " + std::to_string(bad->at)));
  const std::string_view head = bytes.substr(0, bytes.find('\n'));
  char separator = ',';
  for (const char candidate : {'\t', ';'})
    if (std::count(head.begin(), head.end(), candidate) > std::count(head.begin(), head.end(), separator)) separator = candidate;

  std::size_t at = 0, line = 1;
  std::vector<std::string> first, fields;
  if (!record(bytes, separator, at, first)) return refuse("a quote never closes", 1);
  std::size_t second_at = at;
  const bool has_second = second_at < bytes.size() && record(bytes, separator, second_at, fields);
  const bool words = std::any_of(first.begin(), first.end(), [](const std::string& f) { return !is_number(f); });
  const bool numbers_below = has_second && (fields.size() != first.size() || std::any_of(fields.begin(), fields.end(), is_number));
  const bool heading = words && numbers_below && !std::equal(first.begin(), first.end(), fields.begin(), fields.end());
  const std::size_t columns = heading && has_second ? fields.size() : first.size();
  if (columns > most_columns) return refuse("has more than " + std::to_string(most_columns) + " columns", 1);
  std::vector<std::string> names(columns);
  for (std::size_t i = 0; i < columns; ++i) names[i] = heading && first.size() == columns ? first[i] : "column " + std::to_string(i + 1);
  if (!heading) at = 0;

  std::size_t label = columns, split = columns;
  if (options.label_column == "last") {
    label = columns - 1;
  } else if (!options.label_column.empty()) {
    label = static_cast<std::size_t>(std::find(names.begin(), names.end(), options.label_column) - names.begin());
    std::size_t position = 0;
    const std::string& given = options.label_column;
    if (label == columns && std::from_chars(given.data(), given.data() + given.size(), position).ptr == given.data() + given.size() && position >= 1 && position <= columns)
      label = position - 1;
    if (label == columns) return refuse("has no column '" + given + "'", 1, "name it, count it from 1, or say 'last'");
  }
  for (std::size_t i = 0; i < columns; ++i) {
    std::string low;
    for (const char c : names[i]) low += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    if (label == columns && (low == "label" || low == "class" || low == "target" || low == "y" || low == "category")) label = i;
    if (low == "split" || low == "set" || low == "subset" || low == "partition") split = i;
  }

  std::vector<std::vector<float>> table(columns);
  std::vector<bool> numeric(columns, true);
  std::vector<std::string> labels;
  while (at < bytes.size()) {
    const std::size_t begin = at, began = line;
    if (!record(bytes, separator, at, fields)) return refuse("a quote never closes", line);
    line += static_cast<std::size_t>(std::count(bytes.begin() + static_cast<std::ptrdiff_t>(begin), bytes.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
    if (heading && begin == 0) continue;
    if (fields.size() == 1 && fields[0].empty()) continue;
    if (fields.size() != columns)
      return refuse("a row of " + std::to_string(fields.size()) + " fields where the others have " + std::to_string(columns), began);
    if (out.rows.size() >= most_rows || (out.rows.size() + 1) * columns > most_values) return refuse("holds more rows than are read", line);
    std::string_view raw = bytes.substr(begin, at - begin);
    while (raw.ends_with('\n') || raw.ends_with('\r')) raw.remove_suffix(1);
    Row row;
    row.name = "row " + std::to_string(out.rows.size() + 1);
    row.hash = leaf_hash(raw);
    std::string content;
    for (std::size_t i = 0; i < columns; ++i) {
      if (i == label || i == split) continue;
      content += fields[i] + '\x1f';
      float value = 0;
      if (!number(fields[i], value)) numeric[i] = false;
      table[i].push_back(value);
    }
    row.content = sha256(content);
    if (split < columns) row.split = split_name(fields[split]).empty() ? fields[split].substr(0, 40) : split_name(fields[split]);
    if (label < columns) labels.push_back(fields[label]);
    out.rows.push_back(std::move(row));
  }
  if (out.rows.empty()) return refuse("holds no rows", 1);

  std::vector<std::size_t> used;
  for (std::size_t i = 0; i < columns; ++i) {
    if (i == label || i == split) continue;
    if (numeric[i]) {
      used.push_back(i);
    } else {
      out.not_read.push_back("the column '" + names[i].substr(0, 80) + "', which does not hold numbers, beyond its hash");
    }
  }
  out.features = used.size();
  for (const std::size_t i : used) out.feature_names.push_back(names[i]);
  out.values.reserve(out.rows.size() * used.size());
  for (std::size_t r = 0; r < out.rows.size(); ++r)
    for (const std::size_t i : used) out.values.push_back(table[i][r]);
  if (label < columns) {
    const std::set<std::string> all(labels.begin(), labels.end());
    if (all.size() > most_classes) {
      out.not_read.push_back("labels: more than " + std::to_string(most_classes) + " different ones");
    } else {
      out.classes.assign(all.begin(), all.end());
      for (std::size_t r = 0; r < labels.size(); ++r)
        out.rows[r].label = static_cast<std::int32_t>(std::lower_bound(out.classes.begin(), out.classes.end(), labels[r]) - out.classes.begin());
    }
  } else {
    out.not_read.push_back("labels: no column is called label, class, target, y or category; name it with --label-column");
  }
  return out;
}

}  // namespace duolex::threats::data
