#include "text/node.h"

#include <libfyaml.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <optional>
#include <unordered_set>

#include "text/utf8.h"

namespace duolex::text {
namespace {

struct FreeParser {
  void operator()(fy_parser* p) const { fy_parser_destroy(p); }
};
struct FreeDiag {
  void operator()(fy_diag* d) const { fy_diag_destroy(d); }
};

// Lines and columns from byte offsets, without scanning the text again for each node.
class Places {
 public:
  Places(const std::string& file, const std::string& bytes) : file_(file), bytes_(bytes) {
    starts_.push_back(0);
    for (std::size_t i = 0; i < bytes.size(); ++i)
      if (bytes[i] == '\n') starts_.push_back(i + 1);
  }
  [[nodiscard]] Span at(std::size_t begin, std::size_t end) const {
    begin = std::min(begin, bytes_.size());
    Span span;
    span.file = file_;
    span.begin = begin;
    span.end = std::max(begin, std::min(end, bytes_.size()));
    const auto line = std::upper_bound(starts_.begin(), starts_.end(), begin) - starts_.begin();
    span.line = static_cast<std::uint32_t>(line);
    span.column = 1;
    for (std::size_t i = starts_[static_cast<std::size_t>(line - 1)]; i < begin; ++i)
      if ((static_cast<unsigned char>(bytes_[i]) & 0xc0) != 0x80) ++span.column;
    return span;
  }

 private:
  const std::string& file_;
  const std::string& bytes_;
  std::vector<std::size_t> starts_;
};

void resolve_plain(Node& node) {
  const std::string& t = node.text;
  if (t.empty() || t == "~" || t == "null") {
    node.kind = Node::Kind::null;
  } else if (t == "true" || t == "false") {
    node.kind = Node::Kind::boolean;
    node.boolean = t == "true";
  } else {
    node.kind = Node::Kind::text;
    const char* first = t.data() + (t[0] == '+' ? 1 : 0);
    const auto [end, error] = std::from_chars(first, t.data() + t.size(), node.integer);
    if (error == std::errc() && end == t.data() + t.size()) node.kind = Node::Kind::integer;
  }
}

class Reader {
 public:
  Reader(const std::string& file, const std::string& bytes, const Limits& limits)
      : file_(file), bytes_(bytes), limits_(limits), places_(file, bytes) {}

  Result<Node> run() {
    fy_diag_cfg diag_config;
    fy_diag_cfg_default(&diag_config);
    diag_config.fp = nullptr;
    diag_config.colorize = false;
    const std::unique_ptr<fy_diag, FreeDiag> diag(fy_diag_create(&diag_config));
    fy_diag_set_collect_errors(diag.get(), true);
    fy_parse_cfg config{};
    config.flags = static_cast<fy_parse_cfg_flags>(FYPCF_QUIET | FYPCF_DEFAULT_VERSION_1_2 | FYPCF_DISABLE_RECYCLING);
    config.diag = diag.get();
    const std::unique_ptr<fy_parser, FreeParser> parser(fy_parser_create(&config));
    if (parser == nullptr || fy_parser_set_string(parser.get(), bytes_.data(), bytes_.size()) != 0)
      return failure(error_in(file_, "cannot be read as YAML"));

    while (!stop_) {
      fy_event* event = fy_parser_parse(parser.get());
      if (event == nullptr) break;
      take(*event);
      const bool end = event->type == FYET_STREAM_END;
      fy_parser_event_free(parser.get(), event);
      if (end) ended_ = true;
      if (end) break;
    }
    if (!stop_ && (!ended_ || fy_parser_get_stream_error(parser.get()))) syntax_error(*diag);
    if (!errors_.empty()) return failure(std::move(errors_));
    if (documents_ == 0) {
      Node empty;
      empty.span = places_.at(0, 0);
      return empty;
    }
    return std::move(root_);
  }

 private:
  struct Open {
    Node node;
    bool key_next = true;
    Node key;
    std::unordered_set<std::string> keys;
  };

  void error(const Span& span, const std::string& message, const std::string& hint = "") {
    errors_.push_back(error_at(file_, bytes_, span.begin, span.end, message, hint));
    if (errors_.size() >= 200) stop_ = true;
  }
  void fatal(const Span& span, const std::string& message, const std::string& hint = "") {
    error(span, message, hint);
    stop_ = true;
  }

  Span span_of(fy_event& event) {
    const fy_mark* start = fy_event_start_mark(&event);
    const fy_mark* end = fy_event_end_mark(&event);
    const std::size_t b = start != nullptr ? start->input_pos : last_;
    const std::size_t e = end != nullptr ? end->input_pos : b;
    last_ = b;
    return places_.at(b, e);
  }

  void take(fy_event& event) {
    switch (event.type) {
      case FYET_DOCUMENT_START:
        if (++documents_ > 1) fatal(span_of(event), "a second document begins here", "one file holds one document");
        return;
      case FYET_ALIAS:
        fatal(span_of(event), "an alias", "write the value out: aliases are not read");
        return;
      case FYET_SCALAR: return scalar(event);
      case FYET_SEQUENCE_START:
      case FYET_MAPPING_START: return open(event);
      case FYET_SEQUENCE_END:
      case FYET_MAPPING_END: return close(event);
      default: return;
    }
  }

  bool refuse_decoration(const Span& span, fy_token* anchor, fy_token* tag) {
    if (anchor != nullptr) fatal(span, "an anchor", "anchors and aliases are not read");
    if (tag != nullptr) fatal(span, "a tag", "tags are not read");
    return anchor != nullptr || tag != nullptr;
  }

  bool room(const Span& span) {
    if (++nodes_ > limits_.nodes) {
      fatal(span, "more than " + std::to_string(limits_.nodes) + " values");
      return false;
    }
    return true;
  }

  void scalar(fy_event& event) {
    Node node;
    node.span = span_of(event);
    if (refuse_decoration(node.span, event.scalar.anchor, event.scalar.tag) || !room(node.span)) return;
    if (event.scalar.value != nullptr) {
      std::size_t size = 0;
      const char* text = fy_token_get_text(event.scalar.value, &size);
      if (text != nullptr) node.text.assign(text, size);
      const fy_scalar_style style = fy_token_scalar_style(event.scalar.value);
      node.quoted = style != FYSS_PLAIN && style != FYSS_ANY;
    }
    if (node.quoted) {
      node.kind = Node::Kind::text;
    } else {
      resolve_plain(node);
    }
    place(std::move(node));
  }

  void open(fy_event& event) {
    Open o;
    o.node.span = span_of(event);
    const bool map = event.type == FYET_MAPPING_START;
    o.node.kind = map ? Node::Kind::mapping : Node::Kind::sequence;
    if (refuse_decoration(o.node.span, map ? event.mapping_start.anchor : event.sequence_start.anchor,
                          map ? event.mapping_start.tag : event.sequence_start.tag) ||
        !room(o.node.span))
      return;
    if (stack_.size() >= limits_.depth)
      return fatal(o.node.span, "nested more than " + std::to_string(limits_.depth) + " deep");
    stack_.push_back(std::move(o));
  }

  void close(fy_event& event) {
    Node node = std::move(stack_.back().node);
    stack_.pop_back();
    const std::size_t begin = node.span.begin;
    const std::size_t end = std::max(span_of(event).end, node.items.empty() ? begin : node.items.back().span.end);
    node.span = places_.at(begin, end);
    place(std::move(node));
  }

  void place(Node node) {
    if (stack_.empty()) {
      root_ = std::move(node);
      return;
    }
    Open& parent = stack_.back();
    if (parent.node.kind == Node::Kind::sequence) {
      parent.node.items.push_back(std::move(node));
      return;
    }
    if (parent.key_next) {
      if (node.kind == Node::Kind::sequence || node.kind == Node::Kind::mapping)
        return fatal(node.span, "a list or mapping as a key", "a key is a word");
      if (node.text == "<<" && !node.quoted) return fatal(node.span, "a merge key", "write the values out");
      if (!parent.keys.insert(node.text).second)
        error(node.span, "the key '" + node.text + "' stands twice", "keep one of them");
      parent.key = std::move(node);
    } else {
      parent.node.keys.push_back(std::move(parent.key));
      parent.node.items.push_back(std::move(node));
    }
    parent.key_next = !parent.key_next;
  }

  void syntax_error(fy_diag& diag) {
    void* previous = nullptr;
    bool any = false;
    while (const fy_diag_error* e = fy_diag_errors_iterate(&diag, &previous)) {
      if (any) break;
      any = true;
      Span span = places_.at(bytes_.size(), bytes_.size());
      if (e->line > 0 || e->column > 0) {
        // libfyaml counts lines and columns from 1 here.
        std::size_t at = 0;
        for (int line = 1; line < e->line && at < bytes_.size(); ++line) at = bytes_.find('\n', at) + 1;
        const std::size_t begin = std::min(bytes_.size(), at + static_cast<std::size_t>(std::max(0, e->column - 1)));
        span = places_.at(begin, begin + 1);
      }
      error(span, "this is not YAML: " + std::string(e->msg != nullptr ? e->msg : "it cannot be read"));
    }
    if (!any) error(places_.at(last_, last_ + 1), "this is not YAML from here on");
  }

  const std::string& file_;
  const std::string& bytes_;
  const Limits& limits_;
  Places places_;
  Diagnostics errors_;
  std::vector<Open> stack_;
  Node root_;
  std::size_t nodes_ = 0, last_ = 0;
  int documents_ = 0;
  bool stop_ = false, ended_ = false;
};

// The scanner below takes quadratic time on brackets that are never closed. No honest file has
// thousands of them, even counting those inside text.
std::optional<std::size_t> too_many_open_brackets(const std::string& bytes) {
  constexpr int limit = 2000;
  int open = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (bytes[i] == '[' || bytes[i] == '{') ++open;
    if (bytes[i] == ']' || bytes[i] == '}') --open;
    if (open > limit) return i;
  }
  return std::nullopt;
}

}  // namespace

const Node* Node::find(std::string_view key) const {
  for (std::size_t i = 0; i < keys.size(); ++i)
    if (keys[i].text == key) return &items[i];
  return nullptr;
}

Result<Node> read_yaml(const std::string& file, const std::string& bytes, const Limits& limits) {
  if (bytes.size() > limits.bytes)
    return failure(error_in(file, "is larger than " + std::to_string(limits.bytes >> 20) + " MiB"));
  if (const auto bad = find_bad_text(bytes)) {
    return failure(error_at(file, bytes, bad->at, bad->at + 1, bad->what, "save the file as UTF-8 without a byte-order mark"));
  }
  if (const auto at = too_many_open_brackets(bytes))
    return failure(error_at(file, bytes, *at, *at + 1, "nested more than " + std::to_string(limits.depth) + " deep"));
  return Reader(file, bytes, limits).run();
}

std::string describe(const Node& node) {
  switch (node.kind) {
    case Node::Kind::null: return "nothing";
    case Node::Kind::boolean: return node.boolean ? "true" : "false";
    case Node::Kind::integer: return "the number " + node.text;
    case Node::Kind::text: return "the text '" + node.text.substr(0, 60) + "'";
    case Node::Kind::sequence: return "a list";
    case Node::Kind::mapping: return "a mapping";
  }
  return "";
}

Diagnostic error_about(const Node& node, const std::string& bytes, const std::string& message, const std::string& hint) {
  return error_at(node.span.file, bytes, node.span.begin, node.span.end, message, hint);
}

}  // namespace duolex::text
