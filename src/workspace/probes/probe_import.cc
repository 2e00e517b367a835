#include "workspace/probes/probe_import.h"

#include <algorithm>
#include <ostream>

#include "base/file.h"
#include "base/hash.h"
#include "threats/imports/report.h"

namespace duolex::workspace {

ExitCode probe_import(const ProbeImportRequest& request, std::ostream& out, std::ostream& err) {
  using threats::imports::Import;
  auto recorder = Recorder::open(request.recording);
  if (!recorder) {
    err << render(recorder.error());
    return ExitCode::bad_input;
  }
  std::vector<Import> imports;
  bool refused = false;
  for (const std::filesystem::path& path : request.files) {
    const auto bytes = read_file(path);
    auto import = bytes ? threats::imports::read_import(path.string(), *bytes) : Result<Import>(tl::unexpected(bytes.error()));
    if (!import) {
      err << render(import.error());
      refused = true;
      continue;
    }
    import->sha256 = sha256_hex(*bytes);
    imports.push_back(std::move(*import));
  }
  out << (request.json ? threats::imports::to_json_text(imports) : threats::imports::to_text(imports));
  out.flush();
  if (!out) {
    err << "error: the answer cannot be written\n";
    return ExitCode::cannot_write;
  }
  if (recorder->records()) {
    std::vector<TestFound> tests;
    std::vector<FileOfRun> models;
    for (const std::filesystem::path& path : request.models) {
      const auto bytes = read_file(path, std::size_t{4} << 30);
      if (!bytes) {
        err << render(bytes.error());
        return ExitCode::bad_input;
      }
      models.push_back({path.string(), sha256_hex(*bytes)});
    }
    for (const Import& i : imports) {
      tests.push_back(found_of(to_result(i)));
      TestFound& t = tests.back();
      t.tool = i.tool;
      t.tool_version = i.tool_version;
      t.interrupted = !i.complete;
      t.stale_when = {"model"};
      t.inputs = {{i.path, i.sha256}};
      t.about = models;  // a report says what it attacked by name, not by hash
    }
    if (const auto done = recorder->add(tests, threats::imports::to_json_text(imports), "probe-import.json", err); !done) {
      err << render(done.error());
      return ExitCode::cannot_write;
    }
  }
  if (refused) return ExitCode::bad_input;
  bool found = false, incomplete = false;
  for (const Import& i : imports) {
    found = found || !i.disagreements.empty() || std::any_of(i.rows.begin(), i.rows.end(), [](const auto& row) { return row.failed > 0; });
    incomplete = incomplete || !i.complete;
  }
  return found ? ExitCode::finding : incomplete ? ExitCode::undecided : ExitCode::clear;
}

}  // namespace duolex::workspace
