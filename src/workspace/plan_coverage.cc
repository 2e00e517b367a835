#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>

#include "law/coverage.h"
#include "text/json_out.h"
#include "workspace/plan.h"

namespace duolex::workspace {

ExitCode plan_coverage(const PlanCoverageRequest& request, std::ostream& out, std::ostream& err) {
  const auto law = law::load(request.law);
  const auto covered = law ? law::coverage(**law) : Result<law::Coverage>(tl::unexpected(law.error()));
  if (!covered) {
    err << render(covered.error());
    return ExitCode::bad_input;
  }
  std::size_t cited = 0, said = 0, none = 0, open = 0;
  for (const law::CoveredProvision& p : covered->provisions) ++(p.open() ? open : p.cited ? cited : p.by.empty() ? none : said);
  if (request.json) {
    nlohmann::ordered_json j = {{"format", 1}, {"law_sha256", (*law)->base.sha256}, {"ranges", covered->ranges},
                                {"counts", {{"provisions", covered->provisions.size()}, {"cited", cited}, {"answered_otherwise", said}, {"ask_nothing", none}, {"open", open}}}};
    j["provisions"] = nlohmann::ordered_json::array();
    for (const law::CoveredProvision& p : covered->provisions)
      j["provisions"].push_back({{"provision", p.provision}, {"by", p.by}, {"cited", p.cited}, {"reason", p.reason}, {"open", p.open()}});
    out << text::to_json_text(j, text::JsonLayout::pretty);
  } else {
    out << covered->provisions.size() << " provisions: " << cited << " cited by duties, controls and items, " << said << " answered otherwise, " << none << " ask nothing of anybody here, " << open
        << " open\n";
    for (const law::CoveredProvision& p : covered->provisions) {
      std::string line = p.provision + "  ";
      for (std::size_t i = 0; i < p.by.size(); ++i) line += (i == 0 ? "" : ", ") + p.by[i];
      if (p.by.empty()) line += p.open() ? "OPEN" : "none: " + p.reason;
      out << line << "\n";
    }
  }
  out.flush();
  if (!out) return ExitCode::cannot_write;
  return open == 0 ? ExitCode::clear : ExitCode::finding;
}

}  // namespace duolex::workspace
