#include "vulnerabilities/feeds/signals.h"

#include <algorithm>

namespace duolex::vulnerabilities {
namespace {

bool is_decimal(std::string_view text) {
  return !text.empty() && text.size() <= 20 &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || c == '.' || c == 'e' || c == '-'; }) &&
         text.front() >= '0' && text.front() <= '9';
}

// "#model_version:v2025.03.14,score_date:2025-08-25T00:00:00+0000"
std::string value_after(std::string_view line, std::string_view key) {
  const std::size_t at = line.find(key);
  if (at == std::string_view::npos) return "";
  line.remove_prefix(at + key.size());
  return std::string(line.substr(0, line.find(',')).substr(0, 64));
}

}  // namespace

Result<EpssScores> read_epss(const std::string& file, std::string_view bytes) {
  EpssScores out;
  bool heading = false;
  std::uint32_t line_number = 0;
  while (!bytes.empty()) {
    ++line_number;
    const std::size_t end = bytes.find('\n');
    std::string_view line = bytes.substr(0, end);
    bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) continue;
    if (line.front() == '#') {
      out.model = value_after(line, "model_version:");
      out.date = value_after(line, "score_date:").substr(0, 10);
      continue;
    }
    const auto wrong = [&](const std::string& what, const std::string& hint) {
      Diagnostic d = error_in(file, what, hint);
      d.span.line = line_number;
      d.span.column = 1;
      return d;
    };
    if (!heading) {
      if (line != "cve,epss,percentile")
        return failure(wrong("this is no EPSS file", "its heading is cve,epss,percentile"));
      heading = true;
      continue;
    }
    const std::size_t first = line.find(','), second = first == std::string_view::npos ? first : line.find(',', first + 1);
    if (second == std::string_view::npos || !line.starts_with("CVE-") || !is_decimal(line.substr(first + 1, second - first - 1)) ||
        !is_decimal(line.substr(second + 1))) {
      out.rejected.push_back(wrong("no score can be read from this line", "it is CVE-…,score,percentile"));
      continue;
    }
    out.scores[std::string(line.substr(0, first))] = {std::string(line.substr(first + 1, second - first - 1)), std::string(line.substr(second + 1))};
  }
  if (!heading) return failure(error_in(file, "this is no EPSS file", "its heading is cve,epss,percentile"));
  return out;
}

}  // namespace duolex::vulnerabilities
