#include <algorithm>

#include "vulnerabilities/csaf/checker.h"

namespace duolex::vulnerabilities::csaf {
namespace {

// Without case, blanks, dashes and underscores.
std::string bare(const std::string& name) {
  std::string out;
  for (const char c : name)
    if (c != '-' && c != '_' && c != ' ' && !(c >= '\t' && c <= '\r')) out += static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  return out;
}

void check_category(const Value category, Report& report) {
  const std::string name = text(category);
  constexpr const char* profiles[] = {"csaf_base", "csaf_security_incident_response", "csaf_informational_advisory", "csaf_security_advisory", "csaf_vex"};
  if (std::find(std::begin(profiles), std::end(profiles), name) != std::end(profiles)) return;
  const std::string plain = bare(name);
  for (const char* profile : profiles) {
    const std::string full = bare(profile);
    if (plain == full || (std::string(profile) != "csaf_base" && plain == full.substr(4))) return report.add("6.1.26", category, "'" + name + "' looks like the profile " + profile + " and is not it");
  }
  std::string folded;
  for (const char c : name.substr(0, 5)) folded += static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  if (folded == "csaf_") report.add("6.1.26", category, "names that begin with csaf_ are those of the profiles");
}

bool any_of_category(const Value list, std::initializer_list<const char*> wanted) {
  for (const Value item : items(list))
    for (const char* one : wanted)
      if (text(item.find("category")) == one) return true;
  return false;
}

// Every product of a status has to be named by one of the items.
void covered(const Value list, const std::set<std::string>& named, const char* test, const std::string& lacks, Report& report) {
  for (const Value id : items(list))
    if (!named.contains(text(id))) report.add(test, id, "the product '" + text(id) + "' " + lacks);
}

}  // namespace

void check_profile(const Value root, Report& report) {
  const Value document = root.find("document"), category = document.find("category"), vulnerabilities = root.find("vulnerabilities");
  const Value& whole = document ? document : root;
  if (category) check_category(category, report);
  const std::string profile = text(category);
  const Value lang = document.find("lang"), source = document.find("source_lang");
  if (text(document.find("publisher").find("category")) == "translator" && !source) report.add("6.1.15", document.find("publisher"), "a translator says from which language ('source_lang')");
  if (lang && source && bare(text(lang)) == bare(text(source))) report.add("6.1.28", source, "the document is in the language that it was translated from");

  const bool incident = profile == "csaf_security_incident_response", informational = profile == "csaf_informational_advisory";
  const bool advisory = profile == "csaf_security_advisory", is_vex = profile == "csaf_vex";
  if (incident || informational) {
    if (!any_of_category(document.find("notes"), {"description", "details", "general", "summary"}))
      report.add("6.1.27.1", whole, "the profile asks for a note of the category description, details, general or summary");
    if (!any_of_category(document.find("references"), {"external"})) report.add("6.1.27.2", whole, "the profile asks for a reference of the category external");
  }
  if (informational && vulnerabilities) report.add("6.1.27.3", vulnerabilities, "the profile has no vulnerabilities");
  if (!advisory && !is_vex) return;
  if (!root.find("product_tree")) report.add("6.1.27.4", whole, "the profile asks for a product tree");
  if (!vulnerabilities) report.add("6.1.27.11", whole, "the profile asks for vulnerabilities");
  const auto groups = groups_of(root);
  for (const Value v : items(vulnerabilities)) {
    const Value status = v.find("product_status");
    if (!v.find("notes")) report.add("6.1.27.5", v, "the profile asks for notes of each vulnerability");
    if (advisory && !status) report.add("6.1.27.6", v, "the profile asks for the product status of each vulnerability");
    if (!is_vex) continue;
    if (!status.find("fixed") && !status.find("known_affected") && !status.find("known_not_affected") && !status.find("under_investigation"))
      report.add("6.1.27.7", v, "the profile asks for one of fixed, known_affected, known_not_affected and under_investigation");
    if (!v.find("cve") && !v.find("ids")) report.add("6.1.27.8", v, "the profile asks for a CVE or another id");
    std::set<std::string> reasons, actions;
    for (const Value flag : items(v.find("flags")))
      for (std::string& id : products_of(flag, groups)) reasons.insert(std::move(id));
    for (const Value threat : items(v.find("threats")))
      if (text(threat.find("category")) == "impact")
        for (std::string& id : products_of(threat, groups)) reasons.insert(std::move(id));
    for (const Value remedy : items(v.find("remediations")))
      for (std::string& id : products_of(remedy, groups)) actions.insert(std::move(id));
    covered(status.find("known_not_affected"), reasons, "6.1.27.9", "is not affected, and nothing says why", report);
    covered(status.find("known_affected"), actions, "6.1.27.10", "is affected, and nothing says what to do", report);
  }
}

}  // namespace duolex::vulnerabilities::csaf
