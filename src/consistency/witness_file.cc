#include "consistency/witness_file.h"

#include <algorithm>

namespace duolex::consistency {
namespace {

using rules::Index;
using rules::Kind;

std::string yaml(const rules::Type& type, rules::Value value) {
  if (type.kind == Kind::yes_no) return value != 0 ? "true" : "false";
  if (type.kind != Kind::set_of) return to_text(type, value);
  std::string text;
  for (std::size_t m = 0; m < type.values.size(); ++m)
    if ((static_cast<std::uint64_t>(value) >> m & 1) != 0) text += (text.empty() ? "" : ", ") + type.values[m];
  return "[" + text + "]";
}

std::string line(const rules::RuleBase& base, const Witness& witness, Index fact) {
  return base.facts[fact].id + ": " + yaml(base.facts[fact].type, witness.facts[fact]);
}

std::vector<Index> given(const rules::RuleBase& base, const Witness& witness, bool because) {
  std::vector<Index> facts;
  for (Index f = 0; f < base.facts.size(); ++f) {
    const bool among = std::find(witness.because.begin(), witness.because.end(), f) != witness.because.end();
    if (witness.facts[f] != rules::unknown_value && among == because) facts.push_back(f);
  }
  return facts;
}

}  // namespace

std::string witness_file(const rules::RuleBase& base, const Witness& witness, const std::string& about) {
  std::string text = "# duolex decide FACTS --as-of " + to_string(witness.as_of) + "\n# ";
  for (const char c : about) text += c == '\n' ? std::string("\n# ") : std::string(1, c);
  text += "\nfacts:\n";
  for (const Index f : given(base, witness, true)) text += "  " + line(base, witness, f) + "\n";
  const std::vector<Index> others = given(base, witness, false);
  if (!others.empty()) text += "  # what follows makes no difference here\n";
  for (const Index f : others) text += "  " + line(base, witness, f) + "\n";
  if (base.facts.empty()) text.replace(text.size() - 1, 1, " {}\n");
  return text;
}

std::string witness_line(const rules::RuleBase& base, const Witness& witness) {
  const std::vector<Index> facts = given(base, witness, true);
  const auto prefix = [&](Index f) { return base.facts[f].id.substr(0, base.facts[f].id.rfind('.') + 1); };
  const auto value = [&](Index f) { return yaml(base.facts[f].type, witness.facts[f]); };
  std::string text;
  for (std::size_t i = 0, next = 0; i < facts.size(); i = next) {
    const std::string shared = prefix(facts[i]);
    for (next = i + 1; next < facts.size() && prefix(facts[next]) == shared && value(facts[next]) == value(facts[i]); ++next) {
    }
    if (i != 0) text += ", ";
    if (next == i + 1 || shared.empty()) {
      next = i + 1;
      text += line(base, witness, facts[i]);
      continue;
    }
    text += shared + "{";
    for (std::size_t k = i; k < next; ++k) text += (k == i ? "" : ", ") + base.facts[facts[k]].id.substr(shared.size());
    text += "}: " + value(facts[i]);
  }
  return text.empty() ? "any facts" : text;
}

}  // namespace duolex::consistency
