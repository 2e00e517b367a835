#include <algorithm>
#include <map>
#include <set>

#include "changes/signals.h"
#include "facts/from_bill.h"
#include "sbom/difference.h"

namespace duolex::changes {
namespace {

using sbom::ComponentChange;

bool is_platform(const sbom::Component& c) { return c.type == "operating-system" || c.type == "firmware" || c.type == "platform"; }

// The fields of a bill are called the same in every language.
Phrase fields(const std::vector<std::string>& names) {
  std::vector<Phrase> all(names.begin(), names.end());
  return listed(std::move(all));
}

// A component appears under its new version as removed and added when nothing pairs them; that is two signals, and both count.
Signal component_signal(const ComponentChange& change, const sbom::Sbom& before, const sbom::Sbom& after) {
  const sbom::Component* is = change.after == sbom::no_component ? nullptr : &after.components[change.after];
  const sbom::Component* was = change.before == sbom::no_component ? nullptr : &before.components[change.before];
  const bool platform = (is != nullptr && is_platform(*is)) || (was != nullptr && is_platform(*was));
  Signal s;
  s.subject = change.name;
  s.before = change.version_before;
  s.after = change.version_after;
  s.cra = s.ai = Weight::review;
  s.cites = {"CRA/art/3/30", "AIA/art/3/23"};
  switch (change.kind) {
    case ComponentChange::Kind::added:
      s.kind = "component_added";
      s.what = phrase("The component {name} was added", {{"name", change.name}});
      s.because = phrase("a component that the assessment did not see may bring ways of attack of its own");
      break;
    case ComponentChange::Kind::removed:
      s.kind = "component_removed";
      s.what = phrase("The component {name} was removed", {{"name", change.name}});
      s.because = phrase("what it did for the product's security or functioning is gone or is done otherwise");
      break;
    case ComponentChange::Kind::changed: {
      // What identifies the code is one thing, what is told about it another.
      const bool code = std::any_of(change.fields.begin(), change.fields.end(), [](const std::string& f) {
        return f == "version" || f == "hashes" || f == "type" || f == "purl" || f == "model" || f == "data" || f == "cpe";
      });
      s.kind = code ? "component_changed" : "component_described_otherwise";
      s.what = phrase("The component {name} changed: {fields}", {{"name", change.name}, {"fields", fields(change.fields)}});
      s.because = phrase(code ? "a bill shows that code changed, not what it does now" : "its code is said to be the same");
      if (!code) s.cra = s.ai = Weight::none;
      break;
    }
  }
  if (platform && s.kind != "component_described_otherwise") {
    s.kind = "platform_changed";
    s.ai = Weight::presumed;
    s.because.add(phrase("a change of operating system or platform is the AI Act's own example of one that may affect how the system meets it"));
    s.cites.push_back("AIA/rec/128");
  }
  return s;
}

// Fact and value that some component of the bills suggests, with the first reason given.
std::map<std::pair<std::string, std::string>, std::string> capabilities(const ReleaseView& view, const rules::RuleBase& base) {
  std::map<std::pair<std::string, std::string>, std::string> found;
  for (const sbom::Sbom& bill : view.bills)
    for (const facts::Proposal& p : facts::proposals(bill, base)) found.emplace(std::pair(p.fact, p.value), p.because);
  return found;
}

// Several bills of one release are taken together, in their order.
sbom::Sbom all_of(const std::vector<sbom::Sbom>& bills) {
  sbom::Sbom all = bills.front();
  for (std::size_t i = 1; i < bills.size(); ++i) {
    const std::size_t offset = all.components.size();
    for (sbom::Component c : bills[i].components) {
      if (c.parent != sbom::no_component) c.parent += offset;
      all.components.push_back(std::move(c));
    }
    for (const sbom::Dependency& d : bills[i].dependencies) all.dependencies.push_back({d.from + offset, d.on + offset});
    all.has_dependencies = all.has_dependencies && bills[i].has_dependencies;
  }
  return all;
}

}  // namespace

void add_bill_signals(const ReleaseView& before, const ReleaseView& after, const rules::RuleBase& base, Signals& signals) {
  if (before.bills.empty() || after.bills.empty()) {
    const ReleaseView& bare = before.bills.empty() ? before : after;
    signals.push_back({"bill_missing", bare.title(), phrase("There is no software bill of materials of {release}", {{"release", bare.title()}}), {}, {}, Weight::unknown, Weight::unknown,
                       phrase("what its components were cannot be seen"), {"CRA/anx/I/PartII/1"}});
    return;
  }
  const sbom::Sbom was = all_of(before.bills), is = all_of(after.bills);
  const sbom::Difference difference = sbom::difference(was, is);
  // The component that a bill is about is the product itself, whose version is expected to change; its own code is
  // compared elsewhere.
  const auto is_subject = [](const sbom::Sbom& bill, std::size_t component) { return component != sbom::no_component && component == bill.subject; };
  for (const ComponentChange& change : difference.components) {
    if (is_subject(was, change.before) && is_subject(is, change.after)) continue;
    signals.push_back(component_signal(change, was, is));
  }
  for (const sbom::EdgeChange& edge : difference.dependencies)
    signals.push_back({"dependency_changed", edge.from, phrase(edge.added ? "{one} now uses {other}" : "{one} no longer uses {other}", {{"one", edge.from}, {"other", edge.on}}), edge.added ? Phrase() : Phrase(edge.on), edge.added ? Phrase(edge.on) : Phrase(),
                       Weight::review, Weight::review, phrase("components that were there before are put together otherwise"), {"CRA/art/3/30", "AIA/art/3/23"}});
  const auto could = capabilities(before, base), can = capabilities(after, base);
  for (const auto& [capability, reason] : can) {
    if (could.contains(capability)) continue;
    signals.push_back({"capability_gained", capability.first, phrase("The product gained what suggests {fact}", {{"fact", capability.first + " = " + capability.second}}), {}, told_by(reason), Weight::presumed, Weight::review,
                       phrase("what a component can do and none could before brings threats that were not assessed"), {"CRA/art/3/30", "CRA/rec/39", "AIA/art/3/23"}});
  }
}

}  // namespace duolex::changes
