#include "findings/answer_writer.h"

#include <nlohmann/json.hpp>

namespace duolex::findings {
namespace {

std::string quoted(const std::string& text) { return nlohmann::json(text).dump(); }

template <class F>
void for_each_cite(const rules::Clause& clause, F&& f) {
  for (const rules::Cite& cite : clause.cites) f(cite);
  for (const rules::Clause& exception : clause.exceptions) for_each_cite(exception, f);
}

}  // namespace

AnswerWriter::AnswerWriter(const rules::CompiledLaw& law, const CiteNames& names) : base_(law.base()) {
  head_ = "{\"as_of\":" + quoted(to_string(law.as_of())) + ",\"conclusions\":{";
  const auto keep = [&](const rules::Cite& cite) { cites_.emplace(&cite, quoted(names(cite.provision))); };
  for (const rules::Index index : base_.conclusions) {
    const rules::Rule& rule = base_.rules[index];
    open_.push_back((open_.empty() ? "" : ",") + quoted(rule.id) + ":{\"status\":");
    std::vector<std::string> words;
    for (const std::string& value : rule.type.values) words.push_back(quoted(value));
    words_.push_back(std::move(words));
    for (const rules::Cite& cite : rule.cites) keep(cite);
    for (const rules::Cite& cite : rule.otherwise_cites) keep(cite);
    for (const rules::Guard& guard : rule.guards)
      for (const rules::Cite& cite : guard.cites) keep(cite);
    for (const rules::Clause& clause : rule.clauses) for_each_cite(clause, keep);
    for (const rules::Under& under : rule.unders)
      for (const rules::Cite& cite : under.cites) keep(cite);
  }
  for (rules::Index f = 0; f < base_.facts.size(); ++f) {
    facts_.push_back(quoted(base_.facts[f].id));
    if (base_.facts[f].assumed || base_.facts[f].overrides_state != rules::no_index) assumable_.push_back(f);
  }
}

void AnswerWriter::append_value(std::string& out, std::size_t position, rules::Value value) const {
  const rules::Type& type = base_.rules[base_.conclusions[position]].type;
  if (value == rules::null_value || value == rules::unknown_value) {
    out += "null";
    return;
  }
  switch (type.kind) {
    case rules::Kind::yes_no: out += value != 0 ? "true" : "false"; break;
    case rules::Kind::one_of: out += words_[position][static_cast<std::size_t>(value)]; break;
    case rules::Kind::set_of: {
      out += '[';
      bool first = true;
      for (std::size_t i = 0; i < type.values.size(); ++i) {
        if ((static_cast<std::uint64_t>(value) >> i & 1) == 0) continue;
        if (!first) out += ',';
        out += words_[position][i];
        first = false;
      }
      out += ']';
      break;
    }
    case rules::Kind::date:
      out += '"';
      out += to_text(type, value);
      out += '"';
      break;
    case rules::Kind::whole: out += std::to_string(value); break;
  }
}

void AnswerWriter::append_values(std::string& out, std::size_t position, const std::vector<rules::Value>& values) const {
  out += '[';
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i != 0) out += ',';
    append_value(out, position, values[i]);
  }
  out += ']';
}

void AnswerWriter::append_readings(std::string& out, std::size_t position, const rules::Outcome& outcome) const {
  out += ",\"readings\":[";
  for (std::size_t i = 0; i < outcome.readings.size(); ++i) {
    const rules::ReadingOutcome& r = outcome.readings[i];
    const rules::Ambiguity& a = base_.ambiguities[r.ambiguity];
    const auto entry = [&](rules::Index reading, rules::Value value) {
      out += "{\"ambiguity\":" + quoted(a.id) + ",\"reading\":" + quoted(a.readings[reading].id) + ",\"value\":";
      append_value(out, position, value);
    };
    if (i == 0) {
      entry(a.taken, outcome.value);
      out += ",\"default\":true},";
    } else {
      out += ',';
    }
    entry(r.reading, r.value);
    if (r.value == rules::unknown_value) {
      out += ",\"possible\":";
      append_values(out, position, r.possible);
    }
    out += '}';
  }
  out += ']';
}

void AnswerWriter::append_cites(std::string& out, const std::vector<const rules::Cite*>& cites) const {
  out += ",\"cites\":[";
  for (std::size_t i = 0; i < cites.size(); ++i) {
    if (i != 0) out += ',';
    out += cites_.at(cites[i]);
  }
  out += ']';
}

void AnswerWriter::append(std::string& out, const rules::FactValues& facts,
                          const std::vector<rules::Outcome>& outcomes) const {
  static const char* const statuses[] = {"\"settled\"", "\"unknown\"", "\"contested\""};
  out += head_;
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const rules::Outcome& o = outcomes[i];
    out += open_[i];
    out += statuses[static_cast<int>(o.status)];
    out += ",\"value\":";
    append_value(out, i, o.value);
    out += ",\"possible\":";
    append_values(out, i, o.possible);
    append_readings(out, i, o);
    out += ",\"missing\":[";
    for (std::size_t m = 0; m < o.missing.size(); ++m) {
      if (m != 0) out += ',';
      out += facts_[o.missing[m]];
    }
    out += ']';
    append_cites(out, o.cites);
    if (o.projected) out += ",\"projected\":true";
    out += '}';
  }
  out += "},\"assumed\":[";
  bool first = true;
  for (const rules::Index f : assumable_) {
    const bool given = facts[f] != rules::unknown_value;
    if (given != (base_.facts[f].overrides_state != rules::no_index)) continue;
    if (!first) out += ',';
    out += facts_[f];
    first = false;
  }
  out += "]}";
}

}  // namespace duolex::findings
