#include "changes/basis.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/hash.h"
#include "facts/fact_value.h"
#include "findings/value_json.h"
#include "rules/rule_base.h"
#include "text/node.h"

namespace duolex::changes {
namespace {

using nlohmann::ordered_json;
using text::Node;

constexpr text::Limits limits{std::size_t{64} << 20, 4'000'000, 64};

// The parts of a risk that are words, each under its name in the dossier.
struct RiskWord {
  const char* name;
  std::string dossier::Risk::*word;
};
constexpr std::array risk_words = {RiskWord{"threat", &dossier::Risk::threat},       RiskWord{"likelihood", &dossier::Risk::likelihood}, RiskWord{"impact", &dossier::Risk::impact},
                                   RiskWord{"treatment", &dossier::Risk::treatment}, RiskWord{"measures", &dossier::Risk::measures},     RiskWord{"residual", &dossier::Risk::residual}};

class BasisReader {
 public:
  BasisReader(const std::string& bytes, const rules::RuleBase& base) : bytes_(bytes), base_(base) {}

  Result<Basis> read(const Node& declaration, const Node& basis) {
    out_.release = word(declaration, "release");
    out_.facts.assign(base_.facts.size(), rules::unknown_value);
    out_.stated.intended_purpose = word(basis, "intended_purpose");
    each(basis, "facts", [&](const std::string& id, const Node& value) { fact(id, value); });
    if (const Node* list = part(basis, "standards", Node::Kind::sequence, "a list"))
      for (const Node& s : list->items)
        if (is(s, Node::Kind::mapping, "an object")) out_.stated.standards.push_back({word(s, "reference"), "", word(s, "official_journal"), {}, yes(s, "in_full")});
    each(basis, "controls", [&](const std::string& id, const Node& status) {
      if (!is(status, Node::Kind::text, "a text")) return;
      if (std::none_of(statuses.begin(), statuses.end(), [&](const char* s) { return status.text == s; })) wrong(status, "is no status of a control");
      out_.stated.controls.push_back({id, status.text, "", "", {}, {}, {}});
    });
    each(basis, "items", [&](const std::string& id, const Node& hash) {
      if (!is(hash, Node::Kind::text, "a text")) return;
      if (hash.text.size() != 64 || hash.text.find_first_not_of("0123456789abcdef") != std::string::npos) wrong(hash, "is no SHA-256");
      out_.stated.items.push_back({id, "", dossier::Artefact{"", "document", hash.text, {}}, "", {}});
    });
    each(basis, "risks", [&](const std::string& id, const Node& risk) {
      if (!is(risk, Node::Kind::mapping, "an object")) return;
      dossier::Risk r;
      r.id = id;
      for (const RiskWord& w : risk_words) r.*w.word = word(risk, w.name);
      if (const Node* list = part(risk, "protects", Node::Kind::sequence, "a list"))
        for (const Node& p : list->items)
          if (is(p, Node::Kind::text, "a text")) r.protects.push_back(p.text);
      out_.stated.risks.push_back(std::move(r));
    });
    std::sort(out_.strange.begin(), out_.strange.end());
    if (!errors_.empty()) return failure(std::move(errors_));
    return std::move(out_);
  }

 private:
  static constexpr std::array statuses = {"open", "in_progress", "done", "not_applicable"};

  void wrong(const Node& node, const std::string& what) { errors_.push_back(text::error_about(node, bytes_, text::describe(node) + " " + what)); }
  bool is(const Node& node, Node::Kind kind, const char* what) {
    if (node.kind == kind) return true;
    wrong(node, std::string("stands where ") + what + " is expected");
    return false;
  }
  const Node* part(const Node& in, const char* name, Node::Kind kind, const char* what) {
    const Node* node = in.find(name);
    if (node == nullptr) {
      errors_.push_back(text::error_about(in, bytes_, std::string("'") + name + "' is missing"));
      return nullptr;
    }
    return is(*node, kind, what) ? node : nullptr;
  }
  std::string word(const Node& in, const char* name) {
    const Node* node = part(in, name, Node::Kind::text, "a text");
    return node == nullptr ? "" : node->text;
  }
  bool yes(const Node& in, const char* name) {
    const Node* node = part(in, name, Node::Kind::boolean, "true or false");
    return node != nullptr && node->boolean;
  }
  template <typename Take>
  void each(const Node& in, const char* name, Take take) {
    const Node* map = part(in, name, Node::Kind::mapping, "an object");
    if (map == nullptr) return;
    for (std::size_t i = 0; i < map->items.size(); ++i) take(map->keys[i].text, map->items[i]);
  }

  void fact(const std::string& id, const Node& value) {
    const rules::Index f = base_.fact(id);
    if (f == rules::no_index) {
      out_.strange.emplace_back(id, bytes_.substr(value.span.begin, std::min<std::size_t>(value.span.end - value.span.begin, 200)));
      return;
    }
    const auto read = facts::read_value(base_.facts[f], value, bytes_);
    if (read) out_.facts[f] = *read;
    else errors_.insert(errors_.end(), read.error().begin(), read.error().end());
  }

  const std::string& bytes_;
  const rules::RuleBase& base_;
  Basis out_;
  Diagnostics errors_;
};

}  // namespace

bool is_of_product(const std::string& id) {
  for (const char* prefix : {"change.", "event.", "actor.", "nb.", "assume."})
    if (id.starts_with(prefix)) return false;
  constexpr std::array days = {"product.placed_on_market_on", "product.support_period_end", "product.substantially_modified_on", "product.expected_use_years",
                               "ai.first_placed_on_market_on", "ai.significant_design_change_on", "gpai.placed_on_market_on", "gpai.designated_systemic"};
  return std::none_of(days.begin(), days.end(), [&](const char* day) { return id == day; });
}

std::string content_sha256(const dossier::ItemText& item) {
  if (item.file) return item.file->sha256;
  return sha256_hex(item.not_applicable.empty() ? item.text : "not applicable: " + item.not_applicable);
}

ordered_json basis_json(const dossier::Dossier& dossier, const rules::RuleBase& base, const rules::FactValues& facts) {
  ordered_json j = {{"intended_purpose", dossier.intended_purpose}};
  for (const char* map : {"facts", "standards", "controls", "items", "risks"}) j[map] = map == std::string("standards") ? ordered_json::array() : ordered_json::object();
  std::vector<rules::Index> known;
  for (rules::Index f = 0; f < facts.size(); ++f)
    if (facts[f] != rules::unknown_value) known.push_back(f);
  std::sort(known.begin(), known.end(), [&](rules::Index x, rules::Index y) { return base.facts[x].id < base.facts[y].id; });
  for (const rules::Index f : known) j["facts"][base.facts[f].id] = findings::to_json(base.facts[f].type, facts[f]);
  for (const dossier::Standard& s : dossier.standards) j["standards"].push_back({{"reference", s.reference}, {"official_journal", s.official_journal}, {"in_full", s.in_full}});
  for (const dossier::ControlState& c : dossier.controls) j["controls"][c.id] = c.status;
  for (const dossier::ItemText& i : dossier.items) j["items"][i.id] = content_sha256(i);
  for (const dossier::Risk& r : dossier.risks) {
    ordered_json& risk = j["risks"][r.id] = ordered_json::object();
    for (const RiskWord& w : risk_words) risk[w.name] = r.*w.word;
    risk["protects"] = r.protects;
  }
  return j;
}

Result<std::optional<Basis>> read_basis(const std::string& file, const std::string& bytes, const rules::RuleBase& base) {
  const std::size_t first = bytes.find_first_not_of(" \t\r\n");
  if (first == std::string::npos || bytes[first] != '{') return std::optional<Basis>();
  const auto declaration = text::read_json(file, bytes, limits);
  if (!declaration) return failure(declaration.error());
  const Node* basis = declaration->find("basis");
  if (basis == nullptr) return std::optional<Basis>();
  if (basis->kind != Node::Kind::mapping) return failure(text::error_about(*basis, bytes, "'basis' is " + text::describe(*basis) + ", not an object"));
  auto read = BasisReader(bytes, base).read(*declaration, *basis);
  if (!read) return failure(read.error());
  return std::optional<Basis>(std::move(*read));
}

void put_back(Basis basis, const rules::RuleBase& base, rules::FactValues& facts, dossier::Dossier& dossier) {
  for (rules::Index f = 0; f < facts.size(); ++f)
    if (is_of_product(base.facts[f].id)) facts[f] = basis.facts[f];
  dossier.intended_purpose = std::move(basis.stated.intended_purpose);
  dossier.standards = std::move(basis.stated.standards);
  dossier.controls = std::move(basis.stated.controls);
  dossier.items = std::move(basis.stated.items);
  dossier.risks = std::move(basis.stated.risks);
}

}  // namespace duolex::changes
