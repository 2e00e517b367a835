#include <expat.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <unordered_map>

#include "sbom/lines.h"
#include "sbom/tree.h"

namespace duolex::sbom {
namespace {

constexpr char between = '\n';  // stands in no name and, after normalisation, in no namespace

constexpr std::size_t least_piece = std::size_t{1} << 20;

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

}  // namespace

// expat streams; what it reports becomes nodes. Text that stands in the file as it is reported stays there.
class XmlTreeBuilder {
 public:
  XmlTreeBuilder(const std::string& file, const std::string& bytes, const Limits& limits, const XmlStream* stream)
      : file_(file), bytes_(bytes), limits_(limits), stream_(stream), parser_(XML_ParserCreateNS(nullptr, between), XML_ParserFree) {
    tree_.bytes_ = bytes.data();
    tree_.length_ = bytes.size();
  }

  Result<Tree> build() {
    if (bytes_.size() > std::min<std::size_t>(limits_.bytes, Tree::low)) return failure(error_in(file_, "this XML is larger than is read"));
    if (!parser_) return failure(error_in(file_, "there is no memory to read XML"));
    XML_SetUserData(parser_.get(), this);
    XML_SetElementHandler(
        parser_.get(), [](void* self, const char* name, const char** attributes) { of(self).start(name, attributes); },
        [](void* self, const char*) { of(self).stop(); });
    XML_SetCharacterDataHandler(parser_.get(), [](void* self, const char* text, int length) {
      of(self).characters({text, static_cast<std::size_t>(length)});
    });
    XML_SetStartDoctypeDeclHandler(parser_.get(), [](void* self, const char*, const char*, const char*, int) {
      of(self).refuse("has a document type; document types and entities are not read");
    });
    XML_SetParamEntityParsing(parser_.get(), XML_PARAM_ENTITY_PARSING_NEVER);
    const auto status = parse();
    if (!refused_.empty()) return failed(refused_at_, refused_);
    if (status != XML_STATUS_OK)
      return failed(position(), std::string("cannot be read: ") + XML_ErrorString(XML_GetErrorCode(parser_.get())));
    tree_.nodes_[0].begin |= Tree::last;
    return std::move(tree_);
  }

 private:
  static XmlTreeBuilder& of(void* self) { return *static_cast<XmlTreeBuilder*>(self); }

  // In pieces, since expat copies what it is given. A token that does not end in its piece is read again from
  // its start with the next one: then the pieces grow, so that a token of any length is read a few times.
  XML_Status parse() {
    std::size_t piece = least_piece;
    for (std::size_t at = 0;;) {
      const std::size_t length = std::min(piece, bytes_.size() - at);
      const bool last = at + length == bytes_.size();
      const auto status = XML_Parse(parser_.get(), bytes_.data() + at, static_cast<int>(length), last ? XML_TRUE : XML_FALSE);
      if (status != XML_STATUS_OK || last) return status;
      piece = position() < at ? 2 * piece : least_piece;
      at += length;
    }
  }

  Failure failed(std::size_t where, const std::string& what) {
    Lines lines(file_, bytes_);
    return failure(lines.error(where, where + 1, "this XML " + what));
  }

  [[nodiscard]] std::size_t position() const {
    const auto index = XML_GetCurrentByteIndex(parser_.get());
    return index < 0 ? 0 : std::min(static_cast<std::size_t>(index), bytes_.size());
  }

  void refuse(const std::string& what) {
    if (!refused_.empty()) return;
    refused_ = what;
    refused_at_ = position();
    XML_StopParser(parser_.get(), XML_FALSE);
  }

  std::uint32_t name(std::string_view local) {
    const auto [at, added] = known_.try_emplace(std::string(local), static_cast<std::uint32_t>(tree_.names_.size() + 1));
    if (added) tree_.names_.emplace_back(local);
    return at->second;
  }

  bool push(Kind kind, std::uint32_t key, std::size_t begin, std::size_t end, std::uint32_t flags) {
    if (tree_.nodes_.size() >= limits_.nodes) return refuse("holds more than " + std::to_string(limits_.nodes) + " parts"), false;
    tree_.nodes_.push_back({key, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end) | flags,
                            static_cast<std::uint32_t>(tree_.nodes_.size() + 1) | static_cast<std::uint32_t>(kind) << Tree::bits});
    if (!open_.empty()) open_.back().last = static_cast<std::uint32_t>(tree_.nodes_.size() - 1);
    return true;
  }

  // A text that is not the file's own bytes.
  bool push_apart(Kind kind, std::uint32_t key, std::size_t at, std::string_view text, std::uint32_t flags) {
    if (!push(kind, key, at, at, flags | Tree::apart)) return false;
    tree_.aparts_.push_back({static_cast<std::uint32_t>(tree_.nodes_.size() - 1), static_cast<std::uint32_t>(tree_.store_.size()),
                             static_cast<std::uint32_t>(text.size())});
    tree_.store_ += text;
    return true;
  }

  void start(const char* full, const char** attributes) {
    if (!refused_.empty()) return;
    flush();
    if (open_.size() >= limits_.depth) return refuse("is nested deeper than " + std::to_string(limits_.depth));
    const auto [space, local] = split(full);
    if (open_.empty()) tree_.name_space_ = space;
    const std::size_t begin = position();
    if (!push(Kind::element, name(local), begin, 0, space == tree_.name_space_ ? 0 : Tree::foreign)) return;
    open_.push_back({static_cast<std::uint32_t>(tree_.nodes_.size() - 1), 0});
    std::size_t at = begin;
    for (; *attributes != nullptr; attributes += 2) {
      const auto [attribute_space, attribute] = split(attributes[0]);
      const std::string_view value = attributes[1];
      const std::uint32_t flags = attribute_space.empty() ? 0 : Tree::foreign;
      at = next_value(at);
      if (at + value.size() <= bytes_.size() && std::memcmp(bytes_.data() + at, value.data(), value.size()) == 0) {
        if (!push(Kind::attribute, name(attribute), at, at + value.size(), flags)) return;
      } else if (!push_apart(Kind::attribute, name(attribute), at, value, flags)) {
        return;
      }
    }
  }

  // The value of the next attribute that is no namespace declaration. expat has found the tag well-formed;
  // in an encoding where this does not hold, the place is wrong by some bytes and the text is kept apart.
  [[nodiscard]] std::size_t next_value(std::size_t at) const {
    // From a '<' or from inside the value before.
    if (bytes_[at] == '<') {
      while (at < bytes_.size() && !is_space(bytes_[at]) && bytes_[at] != '>') ++at;
    } else {
      at = after_value(at);
    }
    while (at < bytes_.size()) {
      while (at < bytes_.size() && is_space(bytes_[at])) ++at;
      const std::size_t begin = at;
      while (at < bytes_.size() && bytes_[at] != '=' && bytes_[at] != '>') ++at;
      const std::string_view key = std::string_view(bytes_).substr(begin, at - begin);
      while (at < bytes_.size() && bytes_[at] != '"' && bytes_[at] != '\'' && bytes_[at] != '>') ++at;
      if (at + 1 >= bytes_.size() || bytes_[at] == '>') break;
      ++at;
      if (!key.starts_with("xmlns")) return at;
      at = after_value(at);
    }
    return std::min(at, bytes_.size() - 1);
  }

  // From the first byte of a value to what follows its quote.
  [[nodiscard]] std::size_t after_value(std::size_t at) const {
    const char quote = bytes_[at - 1];
    const std::size_t end = bytes_.find(quote, at);
    return end == std::string::npos ? bytes_.size() : end + 1;
  }

  void stop() {
    if (!refused_.empty() || open_.empty()) return;
    flush();
    const Open top = open_.back();
    open_.pop_back();
    Tree::Node& node = tree_.nodes_[top.node];
    const std::size_t end = std::min(position() + static_cast<std::size_t>(std::max(0, XML_GetCurrentByteCount(parser_.get()))), bytes_.size());
    node.end |= static_cast<std::uint32_t>(end);
    node.after = static_cast<std::uint32_t>(tree_.nodes_.size()) | (node.after & ~Tree::low);
    if (top.last != 0) tree_.nodes_[top.last].begin |= Tree::last;
    if (stream_ != nullptr) hand_over(top.node);
  }

  void hand_over(std::uint32_t node) {
    const Value value(tree_, node);
    if (open_.size() == 1 && !value.foreign() && value.plain_key() != stream_->list) stream_->part(value);
    if (open_.size() != 2) return;
    const Value list(tree_, open_.back().node);
    if (list.foreign() || list.plain_key() != stream_->list) return;
    if (!stream_->item(value)) return refuse("is not read to its end");
    tree_.nodes_.resize(node);
    while (!tree_.aparts_.empty() && tree_.aparts_.back().node >= node) {
      tree_.store_.resize(tree_.aparts_.back().begin);
      tree_.aparts_.pop_back();
    }
    open_.back().last = 0;
  }

  void characters(std::string_view text) {
    if (!refused_.empty()) return;
    const std::size_t at = position();
    if (pending_ == 0) pending_begin_ = at;
    if (as_in_file_ && at == pending_begin_ + pending_ && at + text.size() <= bytes_.size() &&
        std::memcmp(bytes_.data() + at, text.data(), text.size()) == 0) {
      pending_ += text.size();
      return;
    }
    if (as_in_file_) {
      apart_ = bytes_.substr(pending_begin_, pending_);
      as_in_file_ = false;
    }
    apart_ += text;
    pending_ += text.size();
  }

  // What was gathered between two tags becomes a node, unless it is only space.
  void flush() {
    if (pending_ != 0 && !open_.empty()) {
      const std::string_view text = as_in_file_ ? std::string_view(bytes_).substr(pending_begin_, pending_) : std::string_view(apart_);
      if (!std::all_of(text.begin(), text.end(), is_space)) {
        if (as_in_file_) push(Kind::characters, 0, pending_begin_, pending_begin_ + pending_, 0);
        else push_apart(Kind::characters, 0, pending_begin_, text, 0);
      }
    }
    pending_ = 0;
    as_in_file_ = true;
    apart_.clear();
  }

  static std::pair<std::string_view, std::string_view> split(std::string_view full) {
    const std::size_t at = full.rfind(between);
    if (at == std::string_view::npos) return {"", full};
    return {full.substr(0, at), full.substr(at + 1)};
  }

  struct Open {
    std::uint32_t node, last;
  };

  const std::string& file_;
  const std::string& bytes_;
  const Limits& limits_;
  const XmlStream* stream_;
  std::unique_ptr<XML_ParserStruct, decltype(&XML_ParserFree)> parser_;
  Tree tree_;
  std::unordered_map<std::string, std::uint32_t> known_;
  std::vector<Open> open_;
  std::size_t pending_begin_ = 0, pending_ = 0;
  bool as_in_file_ = true;
  std::string apart_;
  std::string refused_;
  std::size_t refused_at_ = 0;
};

Result<Tree> xml_tree(const std::string& file, const std::string& bytes, const Limits& limits) {
  return XmlTreeBuilder(file, bytes, limits, nullptr).build();
}

Result<Tree> xml_tree(const std::string& file, const std::string& bytes, const Limits& limits, const XmlStream& stream) {
  return XmlTreeBuilder(file, bytes, limits, &stream).build();
}

}  // namespace duolex::sbom
