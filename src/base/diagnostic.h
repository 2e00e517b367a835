// Diagnostics: what is wrong in an input, where, and what would be right.
//
// A Span is a half-open byte range of one input plus the 1-based line and column of its start
// (columns count Unicode code points). Line 0 means "no position": a whole file or no file.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace duolex {

struct Span {
  std::string file;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::size_t begin = 0;
  std::size_t end = 0;
};

enum class Severity { error, warning, note };

// A second place that belongs to a diagnostic, such as the other of two clauses that collide.
struct RelatedPlace {
  Span span;
  std::string message;
  std::string source_line;
};

struct Diagnostic {
  Severity severity = Severity::error;
  Span span;
  std::string message;
  std::string hint;         // what would be right; may be empty
  std::string source_line;  // the line at span, without its end; may be empty
  std::vector<RelatedPlace> related;
};

using Diagnostics = std::vector<Diagnostic>;

// "file:line:column: error: message", the source line with a caret, the hint, then the related
// places in the same form. Ends with a newline.
[[nodiscard]] std::string render(const Diagnostic& diagnostic);
[[nodiscard]] std::string render(const Diagnostics& diagnostics);

// A diagnostic without a position.
[[nodiscard]] Diagnostic error_in(const std::string& file, const std::string& message,
                                  const std::string& hint = "");

// Fills line, column and source_line of a diagnostic about text[begin, end) of `file`.
[[nodiscard]] Diagnostic error_at(const std::string& file, const std::string& text,
                                  std::size_t begin, std::size_t end, const std::string& message,
                                  const std::string& hint = "");

// The known name nearest to `name` by edit distance, or "" when none is near.
[[nodiscard]] std::string nearest_name(const std::string& name,
                                       const std::vector<std::string>& known);

}  // namespace duolex
