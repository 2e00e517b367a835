// Builds the tree of a document from what a YAML or JSON parser reports, within limits. Used by both
// readers; keeps every mistake.
#pragma once

#include <unordered_map>

#include "text/node.h"
#include "text/places.h"

namespace duolex::text {

class Builder {
 public:
  // All of them must outlive this.
  Builder(const std::string& file, const std::string& bytes, const Limits& limits)
      : file_(file), bytes_(bytes), limits_(limits), places_(file, bytes) {}

  // A list or mapping begins at byte `begin`.
  void open(Node::Kind kind, Style style, std::size_t begin);
  // It ends before byte `end`; a block ends where its last value ends.
  void close(std::size_t end);
  // A scalar, complete but for its span.
  void scalar(Node node, std::size_t begin, std::size_t end);

  void error(std::size_t begin, std::size_t end, const std::string& message, const std::string& hint = "");
  void fatal(std::size_t begin, std::size_t end, const std::string& message, const std::string& hint = "");
  // Adds the place where the innermost open bracket stands to the last error.
  void relate_open_bracket();

  [[nodiscard]] bool stopped() const { return stop_; }   // nothing more should be reported
  [[nodiscard]] bool key_is_next() const { return !stack_.empty() && stack_.back().key_next; }
  [[nodiscard]] const Places& places() const { return places_; }
  [[nodiscard]] Result<Node> finish();

 private:
  struct Open {
    Node node;
    Node key;
    bool key_next = false;
    std::unordered_map<std::string, std::size_t> seen;  // where each key stands in node.keys
  };

  [[nodiscard]] bool room(const Span& span);
  void place(Node node);
  void place_key(Open& parent, Node node);

  const std::string& file_;
  const std::string& bytes_;
  const Limits& limits_;
  Places places_;
  Diagnostics errors_;
  std::vector<Open> stack_;
  Node root_;
  std::size_t nodes_ = 0;
  bool stop_ = false;
};

// What the plain scalar `node.text` is.
void resolve_plain(Node& node);

}  // namespace duolex::text
