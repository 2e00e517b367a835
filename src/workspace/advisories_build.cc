#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <ostream>

#include "base/file.h"
#include "text/json_out.h"
#include "vulnerabilities/index/build.h"
#include "vulnerabilities/index/index.h"
#include "vulnerabilities/index/journal.h"
#include "workspace/advisories.h"

namespace duolex::workspace {
namespace {

namespace index = vulnerabilities::index;
using nlohmann::ordered_json;

ordered_json to_json(const index::BuildReport& r, const std::string& path, std::size_t bytes) {
  ordered_json problems = ordered_json::array();
  for (const Diagnostic& d : r.problems)
    problems.push_back({{"file", d.span.file}, {"line", d.span.line}, {"column", d.span.column}, {"message", d.message}});
  return {{"index", path},
          {"bytes", bytes},
          {"files", {{"read", r.files}, {"other", r.other_files}}},
          {"records", {{"stored", r.records}, {"duplicates", r.duplicates}, {"withdrawn", r.withdrawn}, {"rejected", r.rejected}}},
          {"packages", r.packages},
          {"unplaced", r.unplaced},
          {"exploited", r.exploited},
          {"kev", {{"version", r.kev_version}, {"released", r.kev_released}}},
          {"epss", {{"model", r.epss_model}, {"date", r.epss_date}}},
          {"rejected", std::move(problems)}};
}

void in_words(const index::BuildReport& r, const std::string& path, std::size_t bytes, std::ostream& out) {
  out << path << ": " << r.records << " records about " << r.packages << " packages, " << bytes << " bytes\n";
  out << "  read from " << r.files << " files; " << r.other_files << " others hold no advisories\n";
  if (r.duplicates != 0) out << "  " << r.duplicates << " older or equal copies of a record left out\n";
  if (r.withdrawn != 0) out << "  " << r.withdrawn << " withdrawn records kept and never matched\n";
  if (r.unplaced != 0) out << "  " << r.unplaced << " packages of ecosystems that no bill of materials can name\n";
  if (r.kev_released.empty()) out << "  no catalogue of exploited vulnerabilities: none can be told to be exploited\n";
  else out << "  " << r.exploited << " records known to be exploited (CISA KEV " << r.kev_version << " of " << r.kev_released << ")\n";
  if (!r.epss_date.empty()) out << "  EPSS of " << r.epss_date << "\n";
  if (r.rejected != 0) out << "  " << r.rejected << " records could not be read and are not in the index\n";
}

}  // namespace

ExitCode advisories_build(const BuildRequest& request, std::ostream& out, std::ostream& err) {
  auto built = index::build(request.sources);
  if (!built) {
    err << render(built.error());
    return ExitCode::bad_input;
  }
  std::string journal;
  {
    auto fresh = index::Index::over(request.index, built->bytes);
    if (!fresh) {
      err << render(fresh.error());
      return ExitCode::internal;
    }
    std::error_code error;
    if (std::filesystem::exists(request.index, error)) {
      // A damaged old index is replaced like any other; what changed since is then not known.
      auto old = index::Index::open(request.index);
      journal = old && old->check_all() ? index::journal_of(&*old, *fresh, request.now) : index::journal_of(nullptr, *fresh, request.now);
    } else {
      journal = index::journal_of(nullptr, *fresh, request.now);
    }
  }
  if (const auto written = write_file_atomically(request.index, built->bytes); !written) {
    err << render(written.error());
    return ExitCode::cannot_write;
  }
  std::ofstream lines(request.index + ".journal", std::ios::app | std::ios::binary);
  if (!(lines << journal) || !lines.flush()) {
    err << request.index << ".journal: cannot be written\n";
    return ExitCode::cannot_write;
  }
  if (request.json) out << text::to_json_text(to_json(built->report, request.index, built->bytes.size()), text::JsonLayout::pretty);
  else in_words(built->report, request.index, built->bytes.size(), out);
  if (built->report.rejected == 0) return ExitCode::clear;
  constexpr std::size_t shown = 20;
  Diagnostics& problems = built->report.problems;
  const std::size_t more = built->report.rejected - std::min(built->report.rejected, shown);
  if (problems.size() > shown) problems.resize(shown);
  err << render(problems);
  if (more != 0) err << "and " << more << " more (--format json lists a thousand)\n";
  return ExitCode::bad_input;
}

}  // namespace duolex::workspace
