#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <ostream>

#include "base/counted.h"
#include "text/json_out.h"
#include "workspace/vulnerabilities/advisories.h"
#include "workspace/vulnerabilities/advisories_store.h"

namespace duolex::workspace {
namespace {

namespace index = vulnerabilities::index;
using nlohmann::ordered_json;

ordered_json to_json(const Stored& stored, const std::string& path) {
  const index::BuildReport& r = stored.report;
  ordered_json problems = ordered_json::array();
  for (const Diagnostic& d : r.problems)
    problems.push_back({{"file", d.span.file}, {"line", d.span.line}, {"column", d.span.column}, {"message", d.message}});
  return {{"index", path},
          {"written", stored.file},
          {"bytes", stored.bytes},
          {"deltas", stored.deltas},
          {"files", {{"read", r.files}, {"other", r.other_files}}},
          {"records", {{"stored", r.records}, {"duplicates", r.duplicates}, {"withdrawn", r.withdrawn}, {"rejected", r.rejected}}},
          {"packages", r.packages},
          {"unplaced", r.unplaced},
          {"exploited", r.exploited},
          {"kev", {{"version", r.kev_version}, {"released", r.kev_released}}},
          {"epss", {{"model", r.epss_model}, {"date", r.epss_date}}},
          {"rejected", std::move(problems)}};
}

void in_words(const Stored& stored, const std::string& path, bool delta, std::ostream& out) {
  const index::BuildReport& r = stored.report;
  if (delta && stored.file.empty()) {
    out << path << ": nothing in " << counted(r.files, "file") << " is newer than what it holds\n";
    return;
  }
  out << path << ": " << counted(r.records, "record") << " about " << counted(r.packages, "package");
  if (!delta) out << ", " << stored.bytes << " bytes\n";
  else if (stored.merged) out << "; the deltas are part of it now, " << stored.bytes << " bytes\n";
  else out << "; " << stored.file << " has what changed, " << stored.bytes << " bytes\n";
  out << "  read from " << counted(r.files, "file") << "; " << counted(r.other_files, "other holds", "others hold") << " no advisories\n";
  if (r.duplicates != 0) out << "  " << counted(r.duplicates, "older or equal copy", "older or equal copies") << " of a record left out\n";
  if (r.withdrawn != 0) out << "  " << counted(r.withdrawn, "withdrawn record") << " kept and never matched\n";
  if (r.unplaced != 0) out << "  " << counted(r.unplaced, "package") << " of ecosystems that no bill of materials can name\n";
  if (stored.deltas > 1) out << "  " << stored.deltas << " deltas are beside it\n";
  if (r.kev_released.empty()) out << "  no catalogue of exploited vulnerabilities: none can be told to be exploited\n";
  else out << "  " << counted(r.exploited, "record") << " known to be exploited (CISA KEV " << r.kev_version << " of " << r.kev_released << ")\n";
  if (!r.epss_date.empty()) out << "  EPSS of " << r.epss_date << "\n";
  if (r.rejected != 0) out << "  " << counted(r.rejected, "record") << " could not be read and " << (r.rejected == 1 ? "is" : "are") << " not in the index\n";
}

void print_problems(Diagnostics problems, std::size_t rejected, std::ostream& err) {
  constexpr std::size_t shown = 20;
  const std::size_t more = rejected - std::min(rejected, shown);
  if (problems.size() > shown) problems.resize(shown);
  err << render(problems);
  if (more != 0) err << "and " << more << " more (--format json lists a thousand)\n";
}

}  // namespace

ExitCode advisories_build(const BuildRequest& request, std::ostream& out, std::ostream& err) {
  auto gathered = index::gather(request.sources);
  if (!gathered) {
    err << render(gathered.error());
    return ExitCode::bad_input;
  }
  // An index that stands there is worth more than one without a record.
  if (gathered->records.empty() && gathered->report.rejected != 0) {
    print_problems(gathered->report.problems, gathered->report.rejected, err);
    err << render(error_in(request.index, "is left as it was: no record could be read"));
    return ExitCode::bad_input;
  }
  const auto lock = IndexLock::take(request.index);
  if (!lock) {
    err << render(lock.error());
    return ExitCode::cannot_write;
  }
  Diagnostics problems = gathered->report.problems;
  auto stored = request.delta ? store_delta(request.index, std::move(*gathered), request.now) : store_index(request.index, std::move(*gathered), request.now);
  if (!stored) {
    err << render(stored.error());
    return request.delta && !std::filesystem::exists(request.index) ? ExitCode::bad_input : ExitCode::cannot_write;
  }
  if (request.json) out << text::to_json_text(to_json(*stored, request.index), text::JsonLayout::pretty);
  else in_words(*stored, request.index, request.delta, out);
  const std::size_t rejected = stored->report.rejected;
  if (rejected == 0) return ExitCode::clear;
  print_problems(std::move(problems), rejected, err);
  return ExitCode::bad_input;
}

}  // namespace duolex::workspace
