#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <ostream>

#include "law/coverage.h"
#include "text/json_out.h"
#include "workspace/joint_file/plan.h"

namespace duolex::workspace {
namespace {

// What a duty, control or item is, and what it says.
std::map<std::string, std::string> sentences(const rules::RuleBase& base) {
  std::map<std::string, std::string> all;
  for (const rules::Duty& d : base.duties) all[d.id] = "duty: " + d.text;
  for (const rules::Control& c : base.controls) all[c.id] = "control: " + c.text;
  for (const rules::DocumentItem& i : base.items) all[i.id] = "item of a document: " + i.text;
  return all;
}

void print(const law::CoveredProvision& p, const std::map<std::string, std::string>& said, std::ostream& out) {
  out << "\n" << p.provision << "\n";
  if (p.open()) out << "  OPEN\n";
  if (p.by.empty() && !p.open()) out << "  asks nothing of anybody here: " << p.reason << "\n";
  if (!p.by.empty()) out << (p.cited ? "  answered by what cites it\n" : "  answered by a reading, recorded in law/coverage.txt\n");
  for (const std::string& id : p.by) out << "    " << id << ", " << said.at(id) << "\n";
}

}  // namespace

ExitCode plan_coverage(const PlanCoverageRequest& request, std::ostream& out, std::ostream& err) {
  const auto law = law::load(request.law);
  const auto covered = law ? law::coverage(**law) : Result<law::Coverage>(tl::unexpected(law.error()));
  if (!covered) {
    err << render(law ? law::in_folder(covered.error(), request.law) : covered.error());
    return ExitCode::bad_input;
  }
  law::Coverage shown = *covered;
  if (!request.provision.empty()) {
    std::erase_if(shown.provisions, [&](const law::CoveredProvision& p) { return p.provision != request.provision && !p.provision.starts_with(request.provision + "/"); });
    if (shown.provisions.empty()) {
      err << render(error_in(request.provision, "is no provision of the ranges that the rule base promises to cover", "as in CRA/anx/I/PartI or AIA/art/9"));
      return ExitCode::bad_input;
    }
  }
  std::size_t cited = 0, said = 0, none = 0, open = 0;
  for (const law::CoveredProvision& p : shown.provisions) ++(p.open() ? open : p.cited ? cited : p.by.empty() ? none : said);
  if (request.json) {
    nlohmann::ordered_json j = {{"format", 1}, {"law_sha256", (*law)->base.sha256}, {"ranges", shown.ranges},
                                {"counts", {{"provisions", shown.provisions.size()}, {"cited", cited}, {"answered_otherwise", said}, {"ask_nothing", none}, {"open", open}}}};
    j["provisions"] = nlohmann::ordered_json::array();
    for (const law::CoveredProvision& p : shown.provisions)
      j["provisions"].push_back({{"provision", p.provision}, {"by", p.by}, {"cited", p.cited}, {"reason", p.reason}, {"open", p.open()}});
    out << text::to_json_text(j, text::JsonLayout::pretty);
  } else {
    out << shown.provisions.size() << " provisions: " << cited << " cited by duties, controls and items, " << said << " answered otherwise, " << none << " ask nothing of anybody here, " << open
        << " open\n";
    const std::map<std::string, std::string> words = sentences((*law)->base);
    for (const law::CoveredProvision& p : shown.provisions) {
      if (!request.provision.empty()) {
        print(p, words, out);
        continue;
      }
      std::string line = p.provision + "  ";
      for (std::size_t i = 0; i < p.by.size(); ++i) line += (i == 0 ? "" : ", ") + p.by[i];
      if (p.by.empty()) line += p.open() ? "OPEN" : "none: " + p.reason;
      if (!p.by.empty() && !p.cited) line += "  (by a reading)";
      out << line << "\n";
    }
  }
  out.flush();
  if (!out) return ExitCode::cannot_write;
  return open == 0 ? ExitCode::clear : ExitCode::finding;
}

}  // namespace duolex::workspace
