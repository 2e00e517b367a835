#include "threats/tabular/rows.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "text/utf8.h"
#include "threats/array.h"

namespace duolex::threats::tabular {
namespace {

constexpr std::size_t most_columns = 100'000;

std::string_view trimmed(std::string_view s) {
  while (!s.empty() && (s.front() == ' ' || s.front() == '\t')) s.remove_prefix(1);
  while (!s.empty() && (s.back() == ' ' || s.back() == '\t' || s.back() == '\r')) s.remove_suffix(1);
  if (s.size() >= 2 && s.front() == '"' && s.back() == '"') s = s.substr(1, s.size() - 2);
  return s;
}

bool number(std::string_view field, double& out) {
  if (field.empty() || field == "NA" || field == "nan" || field == "NaN") {
    out = std::numeric_limits<double>::quiet_NaN();
    return true;
  }
  if (field.front() == '+') field.remove_prefix(1);
  const auto [end, code] = std::from_chars(field.data(), field.data() + field.size(), out);
  return code == std::errc() && end == field.data() + field.size() && std::isfinite(out);
}

Result<Table> read_lines(const std::string& file, std::string_view bytes) {
  const auto refuse = [&](std::size_t line, std::size_t column, const std::string& what, const std::string& hint = "") {
    Diagnostic d = error_in(file, what, hint);
    d.span.line = static_cast<std::uint32_t>(line);
    d.span.column = static_cast<std::uint32_t>(column);
    return failure(std::move(d));
  };
  if (bytes.starts_with("\xef\xbb\xbf")) bytes.remove_prefix(3);
  if (const auto bad = text::find_bad_encoding(bytes)) return failure(error_in(file, bad->what + " at byte " + std::to_string(bad->at)));
  const std::string_view head = bytes.substr(0, bytes.find('\n'));
  char separator = ',';
  for (const char candidate : {'\t', ';'})
    if (std::count(head.begin(), head.end(), candidate) > std::count(head.begin(), head.end(), separator)) separator = candidate;
  Table out;
  std::size_t line = 0;
  while (!bytes.empty()) {
    ++line;
    const std::string_view text = bytes.substr(0, bytes.find('\n'));
    bytes.remove_prefix(std::min(bytes.size(), text.size() + 1));
    if (trimmed(text).empty()) {
      if (out.columns == 1) return refuse(line, 1, "an empty line");
      continue;
    }
    std::vector<double> row;
    std::vector<std::string> words;
    bool numbers = true;
    for (std::size_t at = 0; at <= text.size();) {
      const std::size_t end = std::min(text.find(separator, at), text.size());
      const std::string_view field = trimmed(text.substr(at, end - at));
      double v = 0;
      if (!number(field, v)) {
        if (line > 1) return refuse(line, at + 1, "'" + std::string(field.substr(0, 60)) + "' is no number", "a table for a model holds numbers; write categories as the model takes them");
        numbers = false;
      }
      row.push_back(v);
      if (line == 1) words.emplace_back(field);
      if (row.size() > most_columns) return refuse(line, at + 1, "more than " + std::to_string(most_columns) + " columns");
      at = end + 1;
    }
    if (out.columns == 0) out.columns = row.size();
    if (row.size() != out.columns) return refuse(line, 1, "a row of " + std::to_string(row.size()) + " fields where the first line has " + std::to_string(out.columns));
    if (!numbers) {
      out.names = std::move(words);
      continue;
    }
    if (out.values.size() + row.size() > most_values) return refuse(line, 1, "holds more numbers than are read");
    out.values.insert(out.values.end(), row.begin(), row.end());
    ++out.rows;
  }
  if (out.rows == 0) return failure(error_in(file, "holds no rows"));
  return out;
}

}  // namespace

Result<Table> read_table(const std::string& file, std::string_view bytes) {
  if (!bytes.starts_with("\x93NUMPY")) return read_lines(file, bytes);
  const auto a = read_npy(file, bytes);
  if (!a) return tl::unexpected(a.error());
  if (a->shape.empty() || a->count() == 0) return failure(error_in(file, "holds no rows"));
  if (a->count() > most_values) return failure(error_in(file, "holds more numbers than are read"));
  Table out;
  out.rows = a->shape[0];
  out.columns = a->count() / a->shape[0];
  out.values = as_f64(*a);
  for (std::size_t i = 0; i < out.values.size(); ++i)
    if (std::isinf(out.values[i])) return failure(error_in(file, "row " + std::to_string(i / out.columns) + " holds an infinity"));
  return out;
}

}  // namespace duolex::threats::tabular
