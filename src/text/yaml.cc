#include <libfyaml.h>

#include <memory>
#include <optional>

#include "text/builder.h"
#include "text/utf8.h"

namespace duolex::text {
namespace {

struct FreeParser {
  void operator()(fy_parser* p) const { fy_parser_destroy(p); }
};
struct FreeDiag {
  void operator()(fy_diag* d) const { fy_diag_destroy(d); }
};

struct Refusal {
  std::size_t begin = 0;
  std::string message;
  std::string hint;
};

// libfyaml takes quadratic time on brackets that are never closed and on long lines that are no text.
// No honest file has thousands of the first, even counting those inside text, or megabytes of the second.
constexpr int most_open_brackets = 2000;
constexpr std::size_t longest_line = std::size_t{1} << 20;
// And it reads ahead without end, keeping all of it, where value after value stands below one another without a sign of a list.
constexpr std::size_t most_in_a_row = 100'000;

bool blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

// What can be refused line by line before the parser sees it: directives, more than one document (both
// by lines that start in column 1 and cannot be part of a value) and what the parser is slow on.
std::optional<Refusal> refuse_by_line(const std::string& s) {
  int open = 0;
  std::size_t in_a_row = 0;
  bool content = false, ended = false;
  for (std::size_t at = 0; at < s.size();) {
    std::size_t end = s.find('\n', at);
    if (end == std::string::npos) end = s.size();
    if (end - at > longest_line)
      return Refusal{at, "a line is longer than " + std::to_string(longest_line >> 20) + " MiB",
                     "put JSON on one line into a file whose name ends in .json"};
    const std::string_view line(s.data() + at, end - at);
    const bool marker = line.size() == 3 || (line.size() > 3 && blank(line[3]));
    std::size_t first = 0;
    while (first < line.size() && blank(line[first])) ++first;
    const bool nothing = first == line.size() || line[first] == '#';
    if (!content && line.starts_with('%')) return Refusal{at, "a directive", "directives are not read"};
    if (line.starts_with("---") && marker && content)
      return Refusal{at, "a second document begins here", "one file holds one document"};
    if (ended && !nothing) return Refusal{at, "something stands after the end of the document", "one file holds one document"};
    if (line.starts_with("...") && marker) ended = true;
    if (!nothing) content = true;
    // A value that may yet turn out to be a key: in quotes, in brackets, an alias, or behind an anchor or a tag.
    const bool lone = !nothing && open <= 0 && std::string_view("{[\"'*&!").find(line[first]) != std::string_view::npos;
    if (lone) ++in_a_row;
    else if (!nothing && open <= 0) in_a_row = 0;
    for (std::size_t i = at; i < end; ++i) {
      if (lone && open <= 0 && (s[i] == '[' || s[i] == '{')) ++in_a_row;
      if (in_a_row > most_in_a_row) return Refusal{i, "too many values stand in a row here", "a list has a '-' before each, a map a key"};
      if (s[i] == '[' || s[i] == '{') ++open;
      if (s[i] == ']' || s[i] == '}') --open;
      if (open > most_open_brackets) return Refusal{i, "too many brackets are open here", ""};
    }
    at = end + 1;
  }
  return std::nullopt;
}

class Reader {
 public:
  Reader(const std::string& file, const std::string& bytes, const Limits& limits)
      : bytes_(bytes), builder_(file, bytes, limits) {}

  Result<Node> run() {
    fy_diag_cfg diag_config;
    fy_diag_cfg_default(&diag_config);
    diag_config.fp = nullptr;
    diag_config.colorize = false;
    const std::unique_ptr<fy_diag, FreeDiag> diag(fy_diag_create(&diag_config));
    if (diag == nullptr) std::abort();
    fy_diag_set_collect_errors(diag.get(), true);
    fy_parse_cfg config{};
    config.flags = static_cast<fy_parse_cfg_flags>(FYPCF_QUIET | FYPCF_DEFAULT_VERSION_1_2 | FYPCF_JSON_NONE |
                                                   FYPCF_DISABLE_RECYCLING);
    config.diag = diag.get();
    const std::unique_ptr<fy_parser, FreeParser> parser(fy_parser_create(&config));
    if (parser == nullptr || fy_parser_set_string(parser.get(), bytes_.data(), bytes_.size()) != 0) std::abort();

    bool ended = false;
    while (!builder_.stopped() && !ended) {
      fy_event* event = fy_parser_parse(parser.get());
      if (event == nullptr) break;
      ended = event->type == FYET_STREAM_END;
      take(*event);
      fy_parser_event_free(parser.get(), event);
    }
    if (!builder_.stopped() && (!ended || fy_parser_get_stream_error(parser.get()))) syntax_error(*diag);
    return builder_.finish();
  }

 private:
  struct Range {
    std::size_t begin, end;
  };

  void take(fy_event& event) {
    switch (event.type) {
      case FYET_ALIAS: {
        const Range at = range_of(event);
        return builder_.fatal(at.begin, at.end, "an alias", "write the value out: aliases are not read");
      }
      case FYET_SCALAR: return scalar(event);
      case FYET_SEQUENCE_START:
        if (!decorated(event, event.sequence_start.anchor, event.sequence_start.tag))
          open(event, Node::Kind::sequence, event.sequence_start.sequence_start);
        return;
      case FYET_MAPPING_START:
        if (!decorated(event, event.mapping_start.anchor, event.mapping_start.tag))
          open(event, Node::Kind::mapping, event.mapping_start.mapping_start);
        return;
      case FYET_SEQUENCE_END:
      case FYET_MAPPING_END: {
        const Range at = range_of(event);
        builder_.close(at.end);
        after_ = std::max(after_, at.end);
        return;
      }
      default: return;
    }
  }

  Range range_of(fy_event& event) const {
    const fy_mark* start = fy_event_start_mark(&event);
    const fy_mark* end = fy_event_end_mark(&event);
    const std::size_t begin = start != nullptr ? std::min(start->input_pos, bytes_.size()) : after_;
    return {begin, end != nullptr ? std::min(std::max(begin, end->input_pos), bytes_.size()) : begin};
  }

  bool decorated(fy_event& event, fy_token* anchor, fy_token* tag) {
    if (anchor == nullptr && tag == nullptr) return false;
    const fy_mark* start = fy_token_start_mark(anchor != nullptr ? anchor : tag);
    std::size_t begin = start != nullptr ? start->input_pos : range_of(event).begin;
    if (anchor != nullptr && begin > 0 && bytes_[begin - 1] == '&') --begin;
    if (anchor != nullptr) {
      builder_.fatal(begin, begin + 1, "an anchor", "write the value out: anchors and aliases are not read");
    } else {
      builder_.fatal(begin, begin + 1, "a tag", "tags are not read");
    }
    return true;
  }

  void open(fy_event& event, Node::Kind kind, fy_token* start) {
    const std::size_t begin = range_of(event).begin;
    const char c = begin < bytes_.size() ? bytes_[begin] : ' ';
    const bool flow = start != nullptr && (kind == Node::Kind::sequence ? c == '[' : c == '{');
    builder_.open(kind, flow ? Style::flow : Style::block, begin);
    after_ = std::max(after_, begin + (flow ? 1 : 0));
  }

  void scalar(fy_event& event) {
    if (decorated(event, event.scalar.anchor, event.scalar.tag)) return;
    Node node;
    Range at = range_of(event);
    const fy_scalar_style style = fy_token_scalar_style(event.scalar.value);
    if (event.scalar.value != nullptr) {
      std::size_t size = 0;
      const char* text = fy_token_get_text(event.scalar.value, &size);
      if (text != nullptr) node.text.assign(text, size);
    }
    switch (style) {
      case FYSS_SINGLE_QUOTED: node.style = Style::single_quoted; break;
      case FYSS_DOUBLE_QUOTED: node.style = Style::double_quoted; break;
      case FYSS_LITERAL: node.style = Style::literal; break;
      case FYSS_FOLDED: node.style = Style::folded; break;
      default: break;
    }
    node.quoted = node.style != Style::plain;
    if (node.quoted) {
      node.kind = Node::Kind::text;
    } else {
      resolve_plain(node);
    }
    if (node.style != Style::single_quoted && node.style != Style::double_quoted && !same_characters(node.text, at))
      return builder_.fatal(at.begin, at.end, "this text cannot be read", "indent it more than its key, or put it in quotes");
    widen(node, at);
    after_ = std::max(after_, at.end);
    builder_.scalar(std::move(node), at.begin, at.end);
  }

  // The parser is known to lose or make up bytes of blocks that are indented too little.
  [[nodiscard]] bool same_characters(const std::string& text, const Range& at) const {
    const auto next = [](std::string_view s, std::size_t& i) {
      while (i < s.size() && (blank(s[i]) || s[i] == '\n')) ++i;
      return i < s.size() ? s[i++] : '\0';
    };
    const std::string_view written = std::string_view(bytes_).substr(at.begin, at.end - at.begin);
    for (std::size_t t = 0, w = 0;;) {
      const bool ended = t == text.size();
      const char c = next(text, t);
      if (c != next(written, w)) return false;
      if (c == '\0') return ended || t == text.size();
    }
  }

  // The parser's marks leave out quotes and the header of a block scalar, and give an empty value no place.
  void widen(const Node& node, Range& at) const {
    if (node.style == Style::single_quoted || node.style == Style::double_quoted) {
      if (at.begin > 0) --at.begin;
      at.end = std::min(at.end + 1, bytes_.size());
    } else if (node.style == Style::literal || node.style == Style::folded) {
      const std::size_t header = skip(after_, ":-?");
      if (header < at.begin) at.begin = header;
      while (at.end > at.begin && (blank(bytes_[at.end - 1]) || bytes_[at.end - 1] == '\n')) --at.end;
    } else if (node.text.empty()) {
      const std::size_t next = skip(after_, "");
      const bool indicator = next < bytes_.size() && (bytes_[next] == ':' || bytes_[next] == '-' || bytes_[next] == '?');
      at.begin = at.end = indicator && !builder_.key_is_next() ? next + 1 : after_;
    }
  }

  // The first byte from `at` on that is neither white space, nor part of a comment, nor one of `also`.
  std::size_t skip(std::size_t at, std::string_view also) const {
    for (; at < bytes_.size(); ++at) {
      const char c = bytes_[at];
      if (c == '#' && (at == 0 || blank(bytes_[at - 1]) || bytes_[at - 1] == '\n')) {
        at = std::min(bytes_.find('\n', at), bytes_.size());
        if (at == bytes_.size()) break;
        continue;
      }
      if (!blank(c) && c != '\n' && also.find(c) == std::string_view::npos) break;
    }
    return at;
  }

  void syntax_error(fy_diag& diag) {
    void* position = nullptr;
    const fy_diag_error* e = fy_diag_errors_iterate(&diag, &position);
    if (e == nullptr) return builder_.error(after_, after_ + 1, "this is not YAML from here on");
    const std::string message = e->msg != nullptr ? e->msg : "it cannot be read";
    const std::size_t at = builder_.places().offset(static_cast<std::size_t>(std::max(0, e->line)),
                                                    static_cast<std::size_t>(std::max(0, e->column)));
    builder_.error(at, at + 1, "this is not YAML: " + message);
    builder_.relate_open_bracket();
  }

  const std::string& bytes_;
  Builder builder_;
  std::size_t after_ = 0;  // where the last token ended
};

}  // namespace

Result<Node> read_yaml(const std::string& file, const std::string& bytes, const Limits& limits) {
  if (bytes.size() > limits.bytes)
    return failure(error_in(file, "is larger than " + std::to_string(limits.bytes >> 20) + " MiB"));
  if (const auto bad = find_bad_text(bytes))
    return failure(error_at(file, bytes, bad->at, bad->at + 1, bad->what, "save the file as UTF-8 without a byte-order mark"));
  if (const auto refusal = refuse_by_line(bytes))
    return failure(error_at(file, bytes, refusal->begin, refusal->begin + 1, refusal->message, refusal->hint));
  return Reader(file, bytes, limits).run();
}

}  // namespace duolex::text
