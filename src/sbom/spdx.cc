#include "sbom/spdx.h"

#include <algorithm>
#include <array>

namespace duolex::sbom {
namespace {

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return out;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

struct Named {
  std::string_view type;
  Relation relation;
};

using enum Relation;

// Of SPDX 2 in capitals, of SPDX 3 in camel case. What contains something depends on it: a vulnerability of
// the part is one of the whole.
constexpr std::array relations = {
    Named{"DESCRIBES", describes}, Named{"DESCRIBED_BY", described_by}, Named{"DEPENDS_ON", depends_on},
    Named{"DEPENDENCY_OF", dependency_of}, Named{"CONTAINS", depends_on}, Named{"CONTAINED_BY", dependency_of},
    Named{"STATIC_LINK", depends_on}, Named{"DYNAMIC_LINK", depends_on}, Named{"HAS_PREREQUISITE", depends_on},
    Named{"PREREQUISITE_FOR", dependency_of}, Named{"RUNTIME_DEPENDENCY_OF", dependency_of},
    Named{"BUILD_DEPENDENCY_OF", dependency_of}, Named{"DEV_DEPENDENCY_OF", dependency_of},
    Named{"OPTIONAL_DEPENDENCY_OF", dependency_of}, Named{"PROVIDED_DEPENDENCY_OF", dependency_of},
    Named{"TEST_DEPENDENCY_OF", dependency_of}, Named{"OPTIONAL_COMPONENT_OF", dependency_of},
    Named{"describes", describes}, Named{"dependsOn", depends_on}, Named{"contains", depends_on},
    Named{"hasStaticLink", depends_on}, Named{"hasDynamicLink", depends_on}, Named{"hasPrerequisite", depends_on},
    Named{"hasOptionalDependency", depends_on}, Named{"hasProvidedDependency", depends_on},
    Named{"hasOptionalComponent", depends_on}, Named{"trainedOn", depends_on}, Named{"testedOn", depends_on}};

}  // namespace

std::string spdx2_version(std::string_view text) {
  if (text == "SPDX-2.2" || text == "SPDX-2.3") return std::string(text.substr(5));
  return "";
}

bool says_nothing(std::string_view text) { return text.empty() || text == "NOASSERTION" || text == "NONE"; }

std::string spdx_agent(std::string_view text) {
  text = trim(text);
  if (says_nothing(text)) return "";
  for (const std::string_view kind : {"Organization:", "Person:", "Tool:"})
    if (text.starts_with(kind)) {
      text = trim(text.substr(kind.size()));
      break;
    }
  if (text.ends_with(')'))
    if (const std::size_t open = text.rfind('('); open != std::string_view::npos && open > 0) text = trim(text.substr(0, open));
  return says_nothing(text) ? "" : std::string(text);
}

void add_spdx_licence(std::string_view text, std::vector<Licence>& out) {
  text = trim(text);
  if (says_nothing(text)) return;
  Licence licence{Licence::Kind::id, std::string(text)};
  if (text.find(' ') != std::string_view::npos || text.front() == '(') licence.kind = Licence::Kind::expression;
  else if (text.find("LicenseRef-") != std::string_view::npos) licence.kind = Licence::Kind::name;
  if (std::find(out.begin(), out.end(), licence) == out.end()) out.push_back(std::move(licence));
}

std::string spdx_purpose(std::string_view purpose) {
  std::string out(purpose);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (c == '_') c = '-';
  }
  if (out == "operatingsystem") return "operating-system";
  if (out == "devicedriver") return "device-driver";
  if (out == "model") return "machine-learning-model";
  return out;
}

void add_spdx_creator(std::string_view text, Sbom& out) {
  text = trim(text);
  if (text.starts_with("Tool:")) {
    if (const std::string_view tool = trim(text.substr(5)); !says_nothing(tool)) out.tools.emplace_back(tool);
  } else if (std::string name = spdx_agent(text); !name.empty()) {
    out.authors.push_back(std::move(name));
  }
}

Relation spdx_relation(std::string_view type) {
  const std::string capitals = upper(type);
  for (const Named& named : relations)
    if (named.type == type || named.type == capitals) return named.relation;
  return none;
}

void relate(Collector& collector, std::string_view from, Relation relation, std::string_view to) {
  if (relation == none) return;
  if (relation == described_by || relation == dependency_of) {
    std::swap(from, to);
    relation = relation == described_by ? describes : depends_on;
  }
  Sbom& out = collector.sbom();
  const std::size_t on = collector.find(to);
  if (relation == describes) {
    if (out.subject == no_component) out.subject = on;
    return;
  }
  out.has_dependencies = true;
  collector.edge(collector.find(from), on);
}

}  // namespace duolex::sbom
