#include "changes/basis.h"

#include <algorithm>
#include <array>
#include <charconv>
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
    out_.release.version = word(declaration, "release");
    release(basis);
    out_.facts.assign(base_.facts.size(), rules::unknown_value);
    out_.stated.intended_purpose = word(basis, "intended_purpose");
    each(basis, "facts", [&](const std::string& id, const Node& value) { fact(id, value); });
    objects(basis, "standards", [&](const Node& s) { out_.stated.standards.push_back({word(s, "reference"), "", word(s, "official_journal"), {}, yes(s, "in_full")}); });
    each(basis, "controls", [&](const std::string& id, const Node& status) {
      if (!is(status, Node::Kind::text, "a text")) return;
      if (std::none_of(statuses.begin(), statuses.end(), [&](const char* s) { return status.text == s; })) wrong(status, "is no status of a control");
      out_.stated.controls.push_back({id, status.text, "", "", {}, {}, {}});
    });
    each(basis, "items", [&](const std::string& id, const Node& content) { out_.stated.items.push_back({id, "", dossier::Artefact{"", "document", hash(content), {}}, "", {}}); });
    each(basis, "risks", [&](const std::string& id, const Node& risk) {
      if (!is(risk, Node::Kind::mapping, "an object")) return;
      dossier::Risk r;
      r.id = id;
      for (const RiskWord& w : risk_words) r.*w.word = word(risk, w.name);
      r.protects = words(risk, "protects");
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

  std::vector<std::string> words(const Node& in, const char* name) {
    std::vector<std::string> list;
    if (const Node* node = part(in, name, Node::Kind::sequence, "a list"))
      for (const Node& w : node->items)
        if (is(w, Node::Kind::text, "a text")) list.push_back(w.text);
    return list;
  }
  // Calls `take` with each object of a list.
  template <typename Take>
  void objects(const Node& in, const char* name, Take take) {
    if (const Node* list = part(in, name, Node::Kind::sequence, "a list"))
      for (const Node& one : list->items)
        if (is(one, Node::Kind::mapping, "an object")) take(one);
  }
  std::string hash(const Node& node) {
    if (!is(node, Node::Kind::text, "a text")) return "";
    if (node.text.size() != 64 || node.text.find_first_not_of("0123456789abcdef") != std::string::npos) wrong(node, "is no SHA-256");
    return node.text;
  }

  void release(const Node& basis) {
    dossier::Release& r = out_.release;
    objects(basis, "artefacts", [&](const Node& a) {
      const Node* sha256 = a.find("sha256");
      r.artefacts.push_back({word(a, "path"), word(a, "kind"), sha256 == nullptr ? word(a, "sha256") : hash(*sha256), {}, word(a, "metric")});
    });
    if (const Node* operation = part(basis, "operation", Node::Kind::mapping, "an object")) {
      each(*operation, "thresholds", [&](const std::string& name, const Node& value) {
        if (is(value, Node::Kind::text, "a text")) r.operation.thresholds.emplace_back(name, value.text);
      });
      r.operation.labels = words(*operation, "labels");
      r.operation.interfaces = words(*operation, "interfaces");
      r.operation.data_sources = words(*operation, "data_sources");
    }
    objects(basis, "foreseen_changes", [&](const Node& f) {
      double at_least = 0;
      const std::string limit = word(f, "at_least");
      const auto [end, error] = std::from_chars(limit.data(), limit.data() + limit.size(), at_least);
      if (error != std::errc() || end != limit.data() + limit.size() || !(at_least >= 0 && at_least <= 1)) wrong(f, "has no share between 0 and 1 under 'at_least'");
      r.foreseen_changes.push_back({word(f, "id"), words(f, "of"), word(f, "metric"), at_least, {}});
    });
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
  ordered_json j = {{"intended_purpose", dossier.intended_purpose}, {"artefacts", ordered_json::array()}};
  const dossier::Release release = dossier.releases.empty() ? dossier::Release() : dossier.releases.back();
  for (const dossier::Artefact& a : release.artefacts)
    if (a.kind != "declaration") j["artefacts"].push_back({{"path", a.path}, {"kind", a.kind}, {"sha256", a.sha256}, {"metric", a.metric}});
  const dossier::Operation& o = release.operation;
  j["operation"] = {{"thresholds", ordered_json::object()}, {"labels", o.labels}, {"interfaces", o.interfaces}, {"data_sources", o.data_sources}};
  for (const auto& [name, value] : o.thresholds) j["operation"]["thresholds"][name] = value;
  j["foreseen_changes"] = ordered_json::array();
  for (const dossier::ForeseenChange& f : release.foreseen_changes) {
    char limit[32];
    const auto end = std::to_chars(limit, limit + sizeof limit, f.at_least).ptr;
    j["foreseen_changes"].push_back({{"id", f.id}, {"of", f.of}, {"metric", f.metric}, {"at_least", std::string(limit, end)}});
  }
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

void put_back(Basis basis, const rules::RuleBase& base, rules::FactValues& facts, dossier::Dossier& dossier, dossier::Release& release) {
  for (rules::Index f = 0; f < facts.size(); ++f)
    if (is_of_product(base.facts[f].id)) facts[f] = basis.facts[f];
  dossier.intended_purpose = std::move(basis.stated.intended_purpose);
  dossier.standards = std::move(basis.stated.standards);
  dossier.controls = std::move(basis.stated.controls);
  dossier.items = std::move(basis.stated.items);
  dossier.risks = std::move(basis.stated.risks);
  release.operation = std::move(basis.release.operation);
  release.foreseen_changes = std::move(basis.release.foreseen_changes);
}

}  // namespace duolex::changes
