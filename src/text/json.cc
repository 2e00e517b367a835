#include <nlohmann/json.hpp>

#include "text/builder.h"
#include "text/utf8.h"

namespace duolex::text {
namespace {

using nlohmann::json;

// Receives what the parser reports and finds again where each token stands: every reported token has
// already passed the parser, so that looking for its ends is simple.
class Receiver : public nlohmann::json_sax<json> {
 public:
  Receiver(const std::string& bytes, Builder& builder) : bytes_(bytes), builder_(builder) {}

  bool null() override { return plain(); }
  bool boolean(bool) override { return plain(); }
  bool number_integer(number_integer_t) override { return plain(); }
  bool number_unsigned(number_unsigned_t) override { return plain(); }
  bool number_float(number_float_t, const string_t&) override { return plain(); }
  bool string(string_t& value) override { return quoted(value); }
  bool key(string_t& value) override { return quoted(value); }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open(Node::Kind::mapping); }
  bool start_array(std::size_t) override { return open(Node::Kind::sequence); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool parse_error(std::size_t position, const std::string&, const json::exception& e) override {
    // "[json.exception.parse_error.101] parse error at line 1, column 5: what is wrong"
    std::string message = e.what();
    const std::size_t prefix = message.find(": ");
    if (message.starts_with("[") && prefix != std::string::npos) {
      message.erase(0, prefix + 2);
    } else if (const std::size_t bracket = message.find("] "); bracket != std::string::npos) {
      message.erase(0, bracket + 2);
    }
    message.resize(code_point_boundary(message, 300));
    const std::size_t at = position == 0 ? 0 : position - 1;
    builder_.error(at, at + 1, "this is not JSON: " + message);
    builder_.relate_open_bracket();
    return false;
  }

 private:
  std::size_t token() {
    while (at_ < bytes_.size() && std::string_view(" \t\r\n,:").find(bytes_[at_]) != std::string_view::npos) ++at_;
    return at_;
  }

  bool plain() {
    const std::size_t begin = token();
    while (at_ < bytes_.size() && std::string_view(" \t\r\n,:]}").find(bytes_[at_]) == std::string_view::npos) ++at_;
    Node node;
    node.text = bytes_.substr(begin, at_ - begin);
    resolve_plain(node);
    builder_.scalar(std::move(node), begin, at_);
    return !builder_.stopped();
  }

  bool quoted(std::string& value) {
    const std::size_t begin = token();
    for (++at_; at_ < bytes_.size() && bytes_[at_] != '"'; ++at_)
      if (bytes_[at_] == '\\') ++at_;
    ++at_;
    Node node;
    node.kind = Node::Kind::text;
    node.style = Style::double_quoted;
    node.quoted = true;
    node.text = std::move(value);
    builder_.scalar(std::move(node), begin, at_);
    return !builder_.stopped();
  }

  bool open(Node::Kind kind) {
    builder_.open(kind, Style::flow, token());
    ++at_;
    return !builder_.stopped();
  }

  bool close() {
    token();
    builder_.close(++at_);
    return !builder_.stopped();
  }

  const std::string& bytes_;
  Builder& builder_;
  std::size_t at_ = 0;
};

}  // namespace

Result<Node> read_json(const std::string& file, const std::string& bytes, const Limits& limits) {
  if (bytes.size() > limits.bytes)
    return failure(error_in(file, "is larger than " + std::to_string(limits.bytes >> 20) + " MiB"));
  if (const auto bad = find_bad_encoding(bytes))
    return failure(error_at(file, bytes, bad->at, bad->at + 1, bad->what, "save the file as UTF-8 without a byte-order mark"));
  Builder builder(file, bytes, limits);
  Receiver receiver(bytes, builder);
  json::sax_parse(bytes, &receiver);
  return builder.finish();
}

}  // namespace duolex::text
