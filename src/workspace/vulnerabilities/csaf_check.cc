#include "workspace/vulnerabilities/csaf_check.h"

#include <nlohmann/json.hpp>
#include <ostream>

#include "base/file.h"
#include "text/json_out.h"
#include "vulnerabilities/csaf/check.h"

namespace duolex::workspace {

namespace csaf = vulnerabilities::csaf;

ExitCode csaf_check(const CsafCheckRequest& request, std::ostream& out, std::ostream& err) {
  nlohmann::ordered_json documents = nlohmann::ordered_json::array();
  bool bad = false;
  for (const std::string& file : request.files) {
    const auto bytes = read_file(file);
    const auto faults = bytes ? csaf::check(file, *bytes) : Result<std::vector<csaf::Fault>>(tl::unexpected(bytes.error()));
    if (!faults) {
      err << render(faults.error());
      bad = true;
      continue;
    }
    bad = bad || !faults->empty();
    if (request.json) {
      nlohmann::ordered_json list = nlohmann::ordered_json::array();
      for (const csaf::Fault& f : *faults) list.push_back({{"test", f.test}, {"message", f.message}, {"line", f.span.line}, {"column", f.span.column}});
      documents.push_back({{"file", file}, {"faults", std::move(list)}});
      continue;
    }
    err << render(csaf::shown(*faults));
    out << file << ": " << (faults->empty() ? "nothing found against the structure and the mandatory tests of CSAF 2.0" : std::to_string(faults->size()) + (faults->size() == 1 ? " fault" : " faults")) << "\n";
  }
  if (request.json) out << text::to_json_text(nlohmann::ordered_json{{"format", 1}, {"documents", std::move(documents)}}, text::JsonLayout::pretty);
  return bad ? ExitCode::bad_input : ExitCode::clear;
}

}  // namespace duolex::workspace
