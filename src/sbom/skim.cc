#include "sbom/skim.h"

#include "sbom/collector.h"
#include "sbom/cyclonedx.h"
#include "sbom/json_tokens.h"

namespace duolex::sbom {
namespace {

// Goes over the tokens once, holds what may be passed over to the rules of JSON, and cuts it out.
class Skimmer {
 public:
  Skimmer(JsonTokens& tokens, const std::string& bytes, const std::function<bool(const Glimpse&)>& wanted, const Limits& limits)
      : tokens_(tokens), bytes_(bytes), wanted_(wanted), limits_(limits) {}

  // False when the document is not what this reads, or not written plainly: the tokens are then of no use.
  bool run() {
    if (tokens_.count() < 2 || byte(0) != '{') return false;
    keep(0);
    for (at_ = 1;;) {
      const std::string_view key = text_at(at_);
      if (byte(at_) != '"' || byte(at_ + 1) != ':') return false;
      const std::size_t value = at_ + 2;
      keep(at_);
      keep(at_ + 1);
      at_ = value;
      if (key == "vulnerabilities") return false;
      if (key == "bomFormat") cyclonedx_ = cyclonedx_ || text_at(value) == "CycloneDX";
      const bool array = byte(value) == '[';
      if (array && key == "components") {
        if (listed_ || !list(true)) return false;
        listed_ = true;
      } else if (array && key == "dependencies") {
        if (!list(false)) return false;
      } else if (!keep_value()) {
        return false;
      }
      const char next = byte(at_);
      if (next != ',' && next != '}') return false;
      keep(at_++);
      if (next == '}') break;
    }
    while (at_ < tokens_.count()) keep(at_++);  // what follows the end is complained about
    tokens_.cut(kept_tokens_);
    return cyclonedx_ && listed_;
  }

  Kept out;
  // Nothing else is worth saying of the document.
  [[nodiscard]] bool too_many() const { return too_many_; }

 private:
  [[nodiscard]] char byte(std::size_t token) const { return token < tokens_.count() ? bytes_[tokens_.position(token)] : '\0'; }
  void keep(std::size_t token) { tokens_.move(token, kept_tokens_++); }

  // What stands between quotes; "" for anything else.
  [[nodiscard]] std::string_view text_at(std::size_t token) const {
    if (byte(token) != '"') return {};
    const std::size_t begin = tokens_.position(token), end = tokens_.scalar_end(token);
    return end - begin < 2 ? std::string_view{} : std::string_view(bytes_).substr(begin + 1, end - begin - 2);
  }

  // Any value, to be held to the rules later.
  bool keep_value() {
    std::size_t depth = 0;
    do {
      const char c = byte(at_);
      if (c == '\0') return false;
      if (c == '{' || c == '[') ++depth;
      else if (c == '}' || c == ']') {
        if (depth == 0) return false;
        --depth;
      }
      keep(at_++);
    } while (depth != 0);
    return true;
  }

  // The elements of a list: wanted ones stay.
  bool list(bool components) {
    keep(at_++);  // [
    if (byte(at_) == ']') return keep(at_++), true;
    bool any = false;
    for (std::uint32_t number = 0;; ++number) {
      if (number >= limits_.components) return too_many_ = components, false;
      const std::size_t begin = at_;
      if (!element()) return false;
      if (!components || (plain_ && named_ && !nested_ && !wanted_(glimpse_))) {
        out.passed_over += components ? 1 : 0;
      } else {
        if (any) comma();
        any = true;
        for (std::size_t token = begin; token < at_; ++token) keep(token);
        if (components) out.kept.push_back(number);
      }
      const char next = byte(at_);
      if (next == ']') return keep(at_++), true;
      if (next != ',') return false;
      last_comma_ = at_++;
    }
  }

  // The comma before the element that follows; any comma is as good as another.
  void comma() { keep(last_comma_); }

  // One element, from its first token to behind its last. False when it breaks a rule of JSON or a limit. No bounds
  // are asked: behind the last token stands a zero byte, which every rule refuses.
  bool element() {
    glimpse_.purl = glimpse_.cpe = {};
    glimpse_.hashes = 0;
    named_ = nested_ = in_hashes_ = false;
    plain_ = true;
    seen_ = 0;
    const char* const bytes = bytes_.data() + tokens_.base();
    const std::uint32_t* const first = tokens_.offsets();
    const std::uint32_t* token = first + at_;
    if (bytes[*token] != '{') return false;
    std::size_t depth = 0, values = 1;
    std::string_view key;
    // Of the text between its quotes; the token behind it says where it ends.
    const auto text = [&](const std::uint32_t* t, std::string_view& inner, bool& escaped) {
      const char* end = bytes + t[1];
      if (end[-1] != '"')
        while (end[-1] == ' ' || end[-1] == '\n' || end[-1] == '\r' || end[-1] == '\t') --end;
      const char* const begin = bytes + *t;
      if (end - begin < 2 || end[-1] != '"') return false;
      inner = {begin + 1, static_cast<std::size_t>(end - begin - 2)};
      escaped = false;
      return tokens_.next_escape() >= static_cast<std::size_t>(end - bytes_.data()) ||
             tokens_.good_text(static_cast<std::size_t>(begin - bytes_.data()), static_cast<std::size_t>(end - bytes_.data()), escaped);
    };
    for (;;) {  // at an opening bracket
      bool object = bytes[*token++] == '{';
      // Two levels stand above the element.
      if (depth + 2 >= limits_.depth || depth >= most_open) return false;
      object_[depth++] = object;
      bool closed = bytes[*token] == (object ? '}' : ']');
      for (;;) {
        while (closed) {
          ++token;
          if (--depth == 0) {
            at_ = static_cast<std::size_t>(token - first);
            values_ += values;
            return values_ <= limits_.nodes;
          }
          object = object_[depth - 1];
          const char c = bytes[*token];
          if (c != ',') {
            if (c != (object ? '}' : ']')) return false;
          } else {
            closed = false;
            ++token;
          }
        }
        if (object) {
          bool escaped = false;
          if (bytes[*token] != '"' || bytes[token[1]] != ':' || !text(token, key, escaped)) return false;
          plain_ = plain_ && !escaped;
          token += 2;
        }
        const char c = bytes[*token];
        ++values;
        if (c == '"') {
          std::string_view value;
          bool escaped = false;
          if (!text(token, value, escaped)) return false;
          if (depth == 1) field(key, value, escaped);
          else if (depth == 3 && in_hashes_ && key == "alg") algorithm(value, escaped);
        } else if (c == '{' || c == '[') {
          if (depth == 1) opened(key, c);
          break;
        } else {
          const auto at = static_cast<std::size_t>(token - first);
          if (tokens_.plain(tokens_.position(at), tokens_.scalar_end(at)) == JsonTokens::Plain::none) return false;
          if (depth == 1 && (key == "name" || key == "purl" || key == "cpe" || key == "hashes")) plain_ = false;
        }
        ++token;
        const char next = bytes[*token];
        if (next == ',') {
          ++token;
        } else {
          if (next != (object ? '}' : ']')) return false;
          closed = true;
        }
      }
    }
  }

  // A list or an object that is a field of the component.
  void opened(std::string_view key, char c) {
    if (key == "components") nested_ = true;
    if (key == "hashes") once(hashes_bit);
    in_hashes_ = key == "hashes" && c == '[';
    if (key == "name" || key == "purl" || key == "cpe" || key == "version" || key == "bom-ref") plain_ = false;
  }

  void field(std::string_view key, std::string_view text, bool escaped) {
    switch (key.size()) {
      case 3:
        if (key != "cpe") return;
        once(cpe_bit);
        glimpse_.cpe = text;
        break;
      case 4:
        if (key == "purl") {
          once(purl_bit);
          glimpse_.purl = text;
        } else if (key == "name") {
          once(name_bit);
          named_ = !text.empty();
        } else {
          return;
        }
        break;
      default:
        if (key == "hashes" || key == "components") plain_ = false;
        return;
    }
    if (escaped) plain_ = false;
  }

  void algorithm(std::string_view text, bool escaped) {
    if (escaped || glimpse_.hashes == glimpse_.algorithms.size()) plain_ = false;
    else glimpse_.algorithms[glimpse_.hashes++] = text;
  }

  void once(unsigned bit) {
    if ((seen_ & bit) != 0) plain_ = false;
    seen_ |= bit;
  }

  static constexpr unsigned purl_bit = 1, name_bit = 2, cpe_bit = 4, hashes_bit = 8;
  static constexpr std::size_t most_open = 256;

  JsonTokens& tokens_;
  const std::string& bytes_;
  const std::function<bool(const Glimpse&)>& wanted_;
  const Limits& limits_;
  std::size_t at_ = 0, kept_tokens_ = 0, last_comma_ = 0, values_ = 0;
  bool cyclonedx_ = false, listed_ = false, too_many_ = false;
  // Of the element being read.
  Glimpse glimpse_;
  bool plain_ = false, named_ = false, nested_ = false, in_hashes_ = false;
  unsigned seen_ = 0;
  std::array<bool, most_open> object_{};
};

}  // namespace

Result<Skimmed> skim_sbom(const std::string& file, const std::string& bytes, const std::function<bool(const Glimpse&)>& wanted, const Limits& limits) {
  const auto whole = [&]() -> Result<Skimmed> {
    auto bill = read_sbom(file, bytes, limits);
    if (!bill) return tl::unexpected(bill.error());
    return Skimmed{std::move(*bill), 0, true};
  };
  const std::size_t first = bytes.find_first_not_of(" \t\r\n");
  if (first == std::string::npos || bytes[first] != '{') return whole();
  std::optional<Tree> tree;
  Kept kept;
  // In a block of its own: where the document is read whole after all, the tokens are gone by then.
  {
    JsonTokens tokens(file, bytes, limits);
    if (tokens.find()) {
      Skimmer skimmer(tokens, bytes, wanted, limits);
      if (skimmer.run()) {
        auto built = json_tree(tokens, bytes, limits);
        if (!built) return tl::unexpected(built.error());
        tree = std::move(*built);
        kept = std::move(skimmer.out);
      } else if (skimmer.too_many()) {
        return failure(too_many_components(file, limits));
      }
    }
  }
  if (!tree) return whole();
  auto bill = cyclonedx_from_json(file, bytes, *tree, limits, kept);
  if (!bill) return tl::unexpected(bill.error());
  return Skimmed{std::move(*bill), kept.passed_over, false};
}

}  // namespace duolex::sbom
