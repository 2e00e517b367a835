#include "base/diagnostic.h"

#include <algorithm>
#include <cstdio>
#include <string_view>

#include "base/code_point.h"

namespace duolex {
namespace {

constexpr std::size_t shown_line_limit = 160;

bool continues_code_point(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

// Input quoted in a message may hold anything; a terminal gets to see it, not to obey it.
std::string printable(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const CodePoint point = first_code_point(text.substr(i));
    if (point.valid && !steers(point.c) && point.c >= 0x20) {
      out += text.substr(i, point.bytes);
    } else {
      char shown[16];
      const auto value = point.valid ? static_cast<unsigned>(point.c) : static_cast<unsigned>(static_cast<unsigned char>(text[i]));
      std::snprintf(shown, sizeof shown, value < 0x100 ? "\\x%02x" : "\\u{%x}", value);
      out += shown;
    }
    i += point.bytes;
  }
  return out;
}

std::string place(const Span& span) {
  if (span.line == 0) return span.file.empty() ? "" : printable(span.file) + ": ";
  return printable(span.file) + ":" + std::to_string(span.line) + ":" + std::to_string(span.column) + ": ";
}

// The line, or the part of it around the column, and a caret below.
std::string caret(const Span& span, const std::string& line) {
  if (line.empty() || span.line == 0) return "";
  std::vector<std::string> points;  // code points; what steers as a space
  for (std::size_t i = 0; i < line.size();) {
    const CodePoint point = first_code_point(std::string_view(line).substr(i));
    points.push_back(!point.valid ? "\xEF\xBF\xBD" : point.c == '\t' || !steers(point.c) ? line.substr(i, point.bytes) : " ");
    i += point.bytes;
  }
  const std::size_t column = span.column == 0 ? 0 : span.column - 1;
  if (column > points.size()) return "";
  const std::size_t begin = column > shown_line_limit * 3 / 4 ? column - shown_line_limit / 2 : 0;
  const std::size_t end = std::min(points.size(), begin + shown_line_limit);
  std::string shown = begin > 0 ? "… " : "", under = begin > 0 ? "  " : "";
  for (std::size_t i = begin; i < end; ++i) {
    shown += points[i];
    if (i < column) under += points[i] == "\t" ? '\t' : ' ';
  }
  if (end < points.size()) shown += " …";
  return "    " + shown + "\n    " + under + "^\n";
}

// Levenshtein distance, given up beyond `limit`.
std::size_t distance(const std::string& a, const std::string& b, std::size_t limit) {
  if (a.size() > b.size() + limit || b.size() > a.size() + limit) return limit + 1;
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

}  // namespace

std::string render(const Diagnostic& d) {
  static const char* const names[] = {"error", "warning", "note"};
  std::string text = place(d.span) + names[static_cast<int>(d.severity)] + ": " + printable(d.message) + "\n";
  text += caret(d.span, d.source_line);
  if (!d.hint.empty()) text += "    hint: " + printable(d.hint) + "\n";
  for (const RelatedPlace& r : d.related)
    text += place(r.span) + "note: " + printable(r.message) + "\n" + caret(r.span, r.source_line);
  return text;
}

std::string render(const Diagnostics& diagnostics) {
  std::string text;
  for (const Diagnostic& d : diagnostics) text += render(d);
  return text;
}

Diagnostic error_in(const std::string& file, const std::string& message, const std::string& hint) {
  Diagnostic d;
  d.span.file = file;
  d.message = message;
  d.hint = hint;
  return d;
}

Diagnostic error_at(const std::string& file, const std::string& text, std::size_t begin, std::size_t end,
                    const std::string& message, const std::string& hint) {
  Diagnostic d = error_in(file, message, hint);
  begin = std::min(begin, text.size());
  d.span.begin = begin;
  d.span.end = std::max(begin, std::min(end, text.size()));
  d.span.line = 1 + static_cast<std::uint32_t>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(begin), '\n'));
  std::size_t start = begin == 0 ? std::string::npos : text.rfind('\n', begin - 1);
  start = start == std::string::npos ? 0 : start + 1;
  d.span.column = 1;
  for (std::size_t i = start; i < begin; ++i)
    if (!continues_code_point(text[i])) ++d.span.column;
  std::size_t stop = text.find('\n', begin);
  if (stop == std::string::npos) stop = text.size();
  d.source_line = text.substr(start, std::min<std::size_t>(stop - start, 4096));
  if (!d.source_line.empty() && d.source_line.back() == '\r') d.source_line.pop_back();
  return d;
}

std::string nearest_name(const std::string& name, const std::vector<std::string>& known) {
  const std::size_t limit = std::max<std::size_t>(2, name.size() / 3);
  if (name.size() > 200) return "";
  std::string best;
  std::size_t best_distance = limit + 1;
  for (const std::string& candidate : known) {
    const std::size_t d = distance(name, candidate, limit);
    if (d < best_distance) {
      best = candidate;
      best_distance = d;
    }
  }
  return best;
}

}  // namespace duolex
