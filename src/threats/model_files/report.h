// What was found in a model file, and what could not be checked. Nothing is ever loaded: files are read as bytes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace duolex::threats::model_files {

// In the order of weight: the verdict on a file is the heaviest of its reasons.
//   no_code_found  what was checked holds no code; not_checked says what was not
//   unreadable     damaged, refused or of an unknown kind: nothing can be said
//   suspicious     something that honest files do not have, short of code that runs
//   executes_code  whoever loads the file runs something besides known constructors
enum class Verdict : std::uint8_t { no_code_found, unreadable, suspicious, executes_code };
[[nodiscard]] const char* name_of(Verdict verdict);

struct Reason {
  Verdict verdict = Verdict::suspicious;
  std::string what;
  std::string member;      // path inside the file, parts joined with "!"; empty for the file itself
  std::size_t offset = 0;  // bytes from the start of the file or member
  std::string call;        // what would run, written as Python; may be empty
};

// "data.pkl, byte 12"
[[nodiscard]] std::string where(const Reason& reason);

struct FileReport {
  std::string path, sha256, kind;
  std::uint64_t size = 0;
  Verdict verdict = Verdict::no_code_found;
  std::vector<Reason> reasons;  // heaviest first, then by place
  std::vector<std::string> not_checked;
};

// {"files": [{"path", "sha256", "kind", "verdict", "reasons": [{"what", "where", …}], "not_checked": […]}]}
[[nodiscard]] std::string to_json_text(const std::vector<FileReport>& files);
[[nodiscard]] std::string to_text(const std::vector<FileReport>& files);
// SARIF 2.1.0: one result for each reason.
[[nodiscard]] std::string to_sarif(const std::vector<FileReport>& files, const std::string& program_version);

}  // namespace duolex::threats::model_files
