#include "base/diagnostic.h"

#include <algorithm>

namespace duolex {
namespace {

constexpr std::size_t shown_line_limit = 160;

bool continues_code_point(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

std::string place(const Span& span) {
  if (span.line == 0) return span.file.empty() ? "" : span.file + ": ";
  return span.file + ":" + std::to_string(span.line) + ":" + std::to_string(span.column) + ": ";
}

std::string caret(const Span& span, const std::string& line) {
  if (line.empty() || span.line == 0) return "";
  std::string shown = line, under;
  std::size_t column = 1;
  for (std::size_t i = 0; i < line.size() && column < span.column; ++i) {
    if (continues_code_point(line[i])) continue;
    under += line[i] == '\t' ? '\t' : ' ';
    ++column;
  }
  for (char& c : shown)
    if (static_cast<unsigned char>(c) < 0x20 && c != '\t') c = ' ';
  if (shown.size() > shown_line_limit) {
    if (under.size() >= shown_line_limit) return "";
    shown.resize(shown_line_limit);
    while (!shown.empty() && (static_cast<unsigned char>(shown.back()) & 0x80) != 0) shown.pop_back();
    shown += " …";
  }
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
  std::string text = place(d.span) + names[static_cast<int>(d.severity)] + ": " + d.message + "\n";
  text += caret(d.span, d.source_line);
  if (!d.hint.empty()) text += "    hint: " + d.hint + "\n";
  for (const RelatedPlace& r : d.related)
    text += place(r.span) + "note: " + r.message + "\n" + caret(r.span, r.source_line);
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
