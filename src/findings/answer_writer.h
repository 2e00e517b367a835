// Writes answers of `decide` in bulk: the same JSON as to_json(Findings) without notes and warnings,
// on one line, from strings made once for the law. For many products at one day.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "findings/findings.h"

namespace duolex::findings {

class AnswerWriter {
 public:
  // The law must outlive the writer.
  AnswerWriter(const rules::CompiledLaw& law, const CiteNames& names);

  // Appends one answer without a line end.
  void append(std::string& out, const rules::FactValues& facts, const std::vector<rules::Outcome>& outcomes) const;

 private:
  void append_value(std::string& out, std::size_t position, rules::Value value) const;
  void append_values(std::string& out, std::size_t position, const std::vector<rules::Value>& values) const;
  void append_readings(std::string& out, std::size_t position, const rules::Outcome& outcome) const;
  void append_cites(std::string& out, const std::vector<const rules::Cite*>& cites) const;

  const rules::RuleBase& base_;
  std::string head_;                             // up to the conclusions
  std::vector<std::string> open_;                // by conclusion: "id": {"status":
  std::vector<std::vector<std::string>> words_;  // by conclusion and value: quoted
  std::vector<std::string> facts_;               // by fact: quoted id
  std::vector<rules::Index> assumable_;          // facts that can stand in "assumed"
  std::unordered_map<const rules::Cite*, std::string> cites_;  // quoted
};

}  // namespace duolex::findings
