#include "documents/joint_file.h"

#include <algorithm>
#include <map>

namespace duolex::documents {
namespace {

using State = BoundItem::State;

struct Kind {
  const char* name;
  const char* title;
  std::vector<const char*> parts;
};

const std::vector<Kind>& kinds() {
  static const std::vector<Kind> all = {
      {"technical_file", "Technical file", {}},
      {"instructions", "Information and instructions for users and deployers", {}},
      {"declaration", "EU declaration of conformity", {}},
      {"simplified_declaration", "Simplified EU declaration of conformity", {}},
      {"registration", "Registration data of the provider", {}},
      {"registration_6_3", "Registration data, not high-risk under Article 6(3)", {}},
      {"registration_of_use", "Registration data of the deployer", {}},
      {"classification_memo", "Classification memo",
       {"The product", "What it is", "The procedure", "Contested readings", "Open questions", "Proofs and facts", "Sign-off"}},
      {"risk_assessment", "Risk assessment",
       {"Context", "Risks", "Attacks that only AI systems know", "Requirements for the product (CRA Annex I Part I)",
        "Requirements for the handling of vulnerabilities (CRA Annex I Part II)", "Treatment and review"}},
      {"monitoring_plan", "Post-market monitoring plan", {"Object and responsibility", "Performance in the field", "Vulnerabilities", "Incidents and changes", "Records"}},
      {"body_application", "Application to the notified body",
       {"Applicant and application", "Quality system", "Technical documentation", "What the body may ask for", "Index"}},
      {"marking_advice", "Advice on the CE marking", {"Whether and when", "Where", "The number beside it", "When not"}},
  };
  return all;
}

const Kind* kind_of(const std::string& document) {
  for (const Kind& k : kinds())
    if (document == k.name) return &k;
  return nullptr;
}

template <class F>
void each_said(const JointFile& file, const F& f) {
  for (const BoundItem& i : file.items) {
    f(said(i.title));
    f(i.source);
    for (const Said& s : i.content) f(s);
    for (const ItemTable& t : i.tables) {
      f(t.caption);
      for (const Said& s : t.head) f(s);
      for (const auto& row : t.rows)
        for (const Said& s : row) f(s);
    }
  }
}

}  // namespace

const std::vector<std::string>& document_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const Kind& k : kinds()) all.emplace_back(k.name);
    return all;
  }();
  return names;
}

std::string document_title(const std::string& document) {
  const Kind* kind = kind_of(document);
  return kind == nullptr ? document : kind->title;
}

std::string part_title(const std::string& document, int part) {
  const Kind* kind = kind_of(document);
  if (kind == nullptr || part < 1 || static_cast<std::size_t>(part) > kind->parts.size()) return "";
  return kind->parts[static_cast<std::size_t>(part - 1)];
}

ItemCounts count_items(const JointFile& file, const std::string& document) {
  ItemCounts counts;
  for (const BoundItem& i : file.items) {
    if (i.document != document) continue;
    ++(i.state == State::given     ? counts.given
       : i.state == State::missing ? counts.missing
       : i.state == State::undecided ? counts.undecided
                                     : counts.not_applicable);
  }
  return counts;
}

std::string fault_in(const JointFile& file) {
  std::string fault;
  each_said(file, [&](const Said& s) {
    if (fault.empty()) fault = fault_in(s);
  });
  return fault;
}

std::vector<std::string> untranslated(const JointFile& file, const Tongue& tongue) {
  std::vector<std::string> all;
  each_said(file, [&](const Said& s) { tongue.lacking(s, all); });
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

}  // namespace duolex::documents
