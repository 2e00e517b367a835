#include "threats/imports/reader.h"

#include <charconv>

#include "threats/imports/mapping.h"

namespace duolex::threats::imports {

using text::Node;

Row* Rows::row(const std::string& probe, const std::string& detector) {
  const auto key = std::make_pair(probe, detector);
  if (const auto found = rows_.find(key); found != rows_.end()) return &found->second;
  if (rows_.size() >= most_rows) return nullptr;
  Row& r = rows_[key];
  r.probe = probe;
  r.detector = detector;
  return &r;
}

void Rows::finish(Import& import) {
  for (auto& entry : rows_) {
    Row& row = entry.second;
    Mapped m = mapped(import.tool, row.probe);
    row.atlas = std::move(m.atlas);
    row.owasp = std::move(m.owasp);
    if (row.reported) {
      const auto differs = [&](const std::optional<std::uint64_t>& said, std::uint64_t counted, const char* what) {
        if (!said || *said == counted) return;
        row.agrees = false;
        import.disagreements.push_back(row.probe + ", " + row.detector + ": the report says " + std::to_string(*said) + " " + what + ", its attempts say " +
                                       std::to_string(counted));
      };
      differs(row.reported->passed, row.passed, "passed");
      differs(row.reported->failed, row.failed, "failed");
      differs(row.reported->evaluated, row.evaluated(), "evaluated");
      differs(row.reported->none, row.none, "not judged");
    }
    import.rows.push_back(std::move(row));
  }
  rows_.clear();
}

void reject(Import& import, Diagnostic diagnostic) {
  ++import.rejected_count;
  if (import.rejected.size() < 100) import.rejected.push_back(std::move(diagnostic));
}

std::string text_of(const Node& object, const char* key) {
  const Node* node = object.find(key);
  return node != nullptr && node->kind == Node::Kind::text ? node->text.substr(0, 500) : "";
}

std::optional<std::uint64_t> count_of(const Node& object, const char* key) {
  const Node* node = object.find(key);
  if (node == nullptr || node->kind != Node::Kind::integer || node->integer < 0) return std::nullopt;
  return static_cast<std::uint64_t>(node->integer);
}

std::optional<double> score_of(const Node& node) {
  if (node.kind == Node::Kind::boolean) return node.boolean ? 1.0 : 0.0;
  if (node.kind == Node::Kind::integer) return static_cast<double>(node.integer);
  if (node.kind != Node::Kind::text) return std::nullopt;
  if (node.text == "True" || node.text == "true") return 1.0;
  if (node.text == "False" || node.text == "false") return 0.0;
  double value = 0;
  const auto [end, code] = std::from_chars(node.text.data(), node.text.data() + node.text.size(), value);
  if (code != std::errc() || end != node.text.data() + node.text.size() || !(value == value)) return std::nullopt;
  return value;
}

}  // namespace duolex::threats::imports
