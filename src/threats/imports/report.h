// Results that other tools got by attacking a language model, counted again from their single attempts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "threats/result.h"

namespace duolex::threats::imports {

// What the tool itself says of a row; counts that it does not give are left out.
struct Reported {
  std::optional<std::uint64_t> passed, failed, none, evaluated;
};

// One attack as judged by one detector.
struct Row {
  std::string probe, detector;
  // An attempt that the model withstood, that broke it, and that the detector could not judge.
  std::uint64_t passed = 0, failed = 0, none = 0;
  std::optional<Reported> reported;
  bool agrees = true;              // with what is reported
  std::vector<std::string> atlas;  // MITRE ATLAS techniques
  std::vector<std::string> owasp;  // OWASP Top 10 for LLM applications, 2025
  [[nodiscard]] std::uint64_t evaluated() const { return passed + failed; }
};

struct Import {
  std::string path, sha256, tool, tool_version, run, target;
  bool complete = false;
  std::vector<std::string> incomplete_because;
  std::vector<Row> rows;                  // by probe, then detector
  std::vector<std::string> disagreements; // in words
  Diagnostics rejected;                   // lines and records that were not counted, at most 100
  std::uint64_t rejected_count = 0;
  std::vector<std::string> not_checked;
};

// Which tool wrote it is found out from what is in it. A failure means that nothing could be counted.
[[nodiscard]] Result<Import> read_import(const std::string& path, const std::string& bytes);

// The same as evidence. Criterion: no attempt breaks the model, in a complete run whose counts agree.
[[nodiscard]] TestResult to_result(const Import& import);

[[nodiscard]] std::string to_json_text(const std::vector<Import>& imports);
[[nodiscard]] std::string to_text(const std::vector<Import>& imports);

}  // namespace duolex::threats::imports
