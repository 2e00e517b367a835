#include "changes/predictions.h"

#include <nlohmann/json.hpp>

#include "threats/interval.h"

namespace duolex::changes {
namespace {

constexpr std::size_t line_limit = std::size_t{64} << 20;
constexpr std::size_t sample_limit = 10'000'000;
constexpr int depth_limit = 4;

// Deeply nested text is refused before it is read: nlohmann's reader keeps a stack of what is open.
bool too_deep(std::string_view line) {
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (quoted) {
      if (line[i] == '\\') {
        ++i;
      } else if (line[i] == '"') {
        quoted = false;
      }
    } else if (line[i] == '"') {
      quoted = true;
    } else if (line[i] == '{' || line[i] == '[') {
      if (++depth > depth_limit) return true;
    } else if (line[i] == '}' || line[i] == ']') {
      --depth;
    }
  }
  return false;
}

}  // namespace

Result<std::map<std::string, bool>> read_predictions(const std::string& file, std::string_view bytes) {
  std::map<std::string, bool> samples;
  std::uint32_t number = 0;
  const auto refuse = [&](const std::string& message, const std::string& hint = "") {
    Diagnostic d = error_in(file, message, hint);
    d.span.line = number;
    d.span.column = 1;
    return failure(std::move(d));
  };
  while (!bytes.empty()) {
    ++number;
    const std::size_t end = bytes.find('\n');
    const std::string_view line = bytes.substr(0, end);
    bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 1);
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    if (line.size() > line_limit) return refuse("the line is longer than 64 MiB");
    if (too_deep(line)) return refuse("the line is nested too deeply");
    const nlohmann::json j = nlohmann::json::parse(line, nullptr, false);
    const char* hint = R"(one {"sample": 12, "correct": true} a line)";
    if (!j.is_object()) return refuse("the line is no JSON object", hint);
    const auto sample = j.find("sample");
    if (sample == j.end() || !(sample->is_number_unsigned() || sample->is_string())) return refuse("'sample' is missing, or neither a name nor a number", hint);
    auto correct = j.find("correct");
    if (correct == j.end()) correct = j.find("clean_correct");
    if (correct == j.end() || !correct->is_boolean()) return refuse("'correct' is missing, or neither true nor false", hint);
    const std::string name = sample->is_string() ? sample->get<std::string>() : std::to_string(sample->get<std::uint64_t>());
    if (!samples.emplace(name, correct->get<bool>()).second) return refuse("the sample '" + name + "' stands twice");
    if (samples.size() > sample_limit) return refuse("there are more than ten million samples");
  }
  if (samples.empty()) return failure(error_in(file, "holds no sample"));
  return samples;
}

PairedShare pair(const std::map<std::string, bool>& before, const std::map<std::string, bool>& after) {
  PairedShare p;
  for (const auto& [sample, was] : before) {
    const auto it = after.find(sample);
    if (it == after.end()) continue;
    const bool is = it->second;
    ++p.samples;
    p.before += was ? 1 : 0;
    p.after += is ? 1 : 0;
    p.gained += !was && is ? 1 : 0;
    p.lost += was && !is ? 1 : 0;
  }
  if (p.samples == 0) return p;
  const std::size_t changed = p.gained + p.lost;
  if (changed == 0) {
    // None of n samples changed: the share that changes is below its exact upper end.
    const double end = threats::clopper_pearson(0, p.samples).high;
    p.low = -end;
    p.high = end;
    return p;
  }
  const threats::Interval losses = threats::clopper_pearson(p.lost, changed);
  const double share = static_cast<double>(changed) / static_cast<double>(p.samples);
  p.low = share * (1 - 2 * losses.high);
  p.high = share * (1 - 2 * losses.low);
  return p;
}

}  // namespace duolex::changes
