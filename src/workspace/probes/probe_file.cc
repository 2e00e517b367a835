#include "workspace/probes/probe_file.h"

#include <algorithm>
#include <ostream>

#include "base/file.h"
#include "base/hash.h"
#include "base/version.h"
#include "threats/model_files/scan.h"
#include "workspace/probes/mapped_data.h"
#include "workspace/probes/model_reader.h"

namespace duolex::workspace {
namespace {

namespace fs = std::filesystem;
using threats::model_files::FileReport;
using threats::model_files::Verdict;

constexpr std::size_t read_whole = std::size_t{64} << 20;  // bytes; larger files are mapped

FileReport unreadable(const fs::path& path, const std::string& why) {
  FileReport report;
  report.path = path.string();
  report.kind = "unknown";
  report.verdict = Verdict::unreadable;
  report.reasons.push_back({Verdict::unreadable, why, "", 0, ""});
  return report;
}

FileReport look(const fs::path& path, std::string_view bytes) {
  using threats::model_files::Neighbour;
  const auto beside = [&path](const std::string& name) {
    std::error_code error;
    const auto at = beside_model(path, name);
    if (!at) return Neighbour{Neighbour::State::outside};
    if (!*at) return Neighbour{};
    const auto size = fs::file_size(**at, error);  // of a folder there is none
    return error ? Neighbour{} : Neighbour{Neighbour::State::there, size};
  };
  FileReport report = threats::model_files::scan_file(path.string(), bytes, threats::model_files::load_unpacker, {}, beside);
  report.sha256 = sha256_hex(bytes);
  return report;
}

// A file of some gigabytes is not copied into memory.
FileReport look_mapped(const fs::path& path) {
  const auto mapped = MappedData::open(path);
  if (!mapped) return unreadable(path, mapped.error().front().message);
  return look(path, mapped->bytes());
}

// Every regular file below, by name; folders behind symbolic links are not entered.
void collect(const fs::path& path, std::vector<fs::path>& files) {
  std::error_code error;
  if (!fs::is_directory(path, error)) {
    files.push_back(path);
    return;
  }
  std::vector<fs::path> found;
  for (fs::recursive_directory_iterator i(path, fs::directory_options::skip_permission_denied, error), end; !error && i != end; i.increment(error))
    if (!i->is_directory(error) || i->is_symlink(error)) found.push_back(i->path());
  std::sort(found.begin(), found.end());
  files.insert(files.end(), found.begin(), found.end());
}

constexpr std::size_t most_records = 256;  // of one run

TestFound as_found(const FileReport& f) {
  TestFound t;
  t.test = "model.file";
  t.shows = "Whether the model file runs code when it is loaded";
  t.criterion = "No code is found, and nothing that honest files do not have";
  t.outcome = f.verdict == Verdict::no_code_found ? "passed" : f.verdict == Verdict::unreadable ? "inconclusive" : "failed";
  t.detail = f.kind + ": " + name_of(f.verdict) + (f.reasons.empty() ? "" : ": " + where(f.reasons.front()) + ": " + f.reasons.front().what) +
             (f.not_checked.empty() ? "" : "; " + std::to_string(f.not_checked.size()) + " things were not checked");
  t.about = {{f.path, f.sha256}};
  t.provisions = {"AIA/art/15/5", "CRA/anx/I/PartI/2/f", "CRA/anx/I/PartI/2/j"};
  t.atlas = {"AML.T0010", "AML.T0011"};
  t.stale_when = {"model"};
  return t;
}

// A file that could not be opened has no hash, and a record is about hashes.
Result<void> record(Recorder& recorder, const std::vector<FileReport>& files, std::ostream& err) {
  std::vector<TestFound> tests;
  for (const FileReport& f : files)
    if (!f.sha256.empty()) tests.push_back(as_found(f));
  if (tests.size() > most_records) return failure(error_in("", "no more than " + std::to_string(most_records) + " files are recorded in one run", "name the artefacts of the release"));
  return recorder.add(tests, threats::model_files::to_json_text(files), "probe-file.json", err);
}

}  // namespace

FileReport look_at_model_file(const fs::path& path) {
  std::error_code error;
  const auto size = fs::file_size(path, error);
  if (!error && size > read_whole) return look_mapped(fs::canonical(path, error));
  const auto bytes = read_file(path);
  if (!bytes) return unreadable(path, bytes.error().front().message);
  return look(path, *bytes);
}

ExitCode probe_file(const ProbeFileRequest& request, std::ostream& out, std::ostream& err) {
  auto recorder = Recorder::open(request.recording);
  if (!recorder) {
    err << render(recorder.error());
    return ExitCode::bad_input;
  }
  std::vector<fs::path> paths;
  for (const fs::path& path : request.paths) collect(path, paths);
  if (paths.empty()) {
    err << render(error_in(request.paths.front().string(), "holds no file"));
    return ExitCode::bad_input;
  }
  std::vector<FileReport> files;
  for (const fs::path& path : paths) files.push_back(look_at_model_file(path));
  if (request.format == "json") {
    out << threats::model_files::to_json_text(files);
  } else if (request.format == "sarif") {
    out << threats::model_files::to_sarif(files, program_version);
  } else {
    out << threats::model_files::to_text(files);
  }
  out.flush();
  if (!out) {
    err << "error: the answer cannot be written\n";
    return ExitCode::cannot_write;
  }
  if (recorder->records())
    if (const auto done = record(*recorder, files, err); !done) {
      err << render(done.error());
      return ExitCode::cannot_write;
    }
  Verdict worst = Verdict::no_code_found;
  for (const FileReport& f : files) worst = std::max(worst, f.verdict);
  if (worst >= Verdict::suspicious) return ExitCode::finding;
  return worst == Verdict::unreadable ? ExitCode::bad_input : ExitCode::clear;
}

}  // namespace duolex::workspace
