#include "law/words.h"

#include <algorithm>
#include <iterator>
#include <set>

#include "base/file.h"
#include "base/hash.h"
#include "text/node.h"

namespace duolex::law {

namespace {
namespace fs = std::filesystem;
using text::Node;
constexpr std::size_t text_limit = std::size_t{16} << 20;
}  // namespace

// One file into the words.
class TextReader {
 public:
  TextReader(std::string file, std::string bytes, const Provisions& provisions, Words& words)
      : file_(std::move(file)), bytes_(std::move(bytes)), provisions_(provisions), words_(words) {}

  Diagnostics read() {
    auto root = text::read_json(file_, bytes_, {text_limit, 500'000, 64});
    if (!root) return std::move(root.error());
    const Node* const units = root->find("units");
    if (root->kind != Node::Kind::mapping || units == nullptr) return {};  // not the text of an act
    const Node* const meta = root->find("meta");
    const std::string* const act = meta != nullptr ? text_member(*meta, "act") : nullptr;
    if (act == nullptr) {
      wrong(*root, "the text of an act has a member 'meta' with 'act'");
    } else if (units->kind != Node::Kind::sequence) {
      wrong(*units, "'units' is a list");
    } else if (!provisions_.has_text(*act)) {
      wrong(*meta, "there is no list of provisions of '" + *act + "'");
    } else {
      act_ = *act;
      for (const Node& u : units->items) unit(u);
      complete(*units);
    }
    return std::move(errors_);
  }

 private:
  static const std::string* text_member(const Node& node, const char* key) {
    const Node* const value = node.kind == Node::Kind::mapping ? node.find(key) : nullptr;
    return value != nullptr && value->kind == Node::Kind::text ? &value->text : nullptr;
  }

  void wrong(const Node& node, const std::string& message, const std::string& hint = "") {
    if (errors_.size() < 100) errors_.push_back(text::error_about(node, bytes_, message, hint));
  }

  void unit(const Node& node) {
    const std::string* const id = text_member(node, "id");
    const Node* const provisions = node.kind == Node::Kind::mapping ? node.find("provisions") : nullptr;
    if (id == nullptr || provisions == nullptr || provisions->kind != Node::Kind::sequence)
      return wrong(node, "a unit has an 'id' and a list 'provisions'");
    std::string joined, shown;
    for (const Node& p : provisions->items) {
      const std::string* const words = provision(p);
      if (words == nullptr) return;
      const std::string* const label = text_member(p, "label");
      const bool first = &p == &provisions->items.front();
      joined += (first ? "" : "\n") + *words;
      shown += (first ? "" : "\n") + (label != nullptr ? *label + " " : std::string()) + *words;
    }
    check(node, *id, joined);
    words_.words_[*id] = shown;
    if (const std::string* const title = text_member(node, "title")) words_.titles_[*id] = *title;
  }

  const std::string* provision(const Node& node) {
    const std::string* const id = text_member(node, "id");
    const std::string* const words = text_member(node, "text");
    if (id == nullptr || words == nullptr) {
      wrong(node, "a provision has an 'id' and a 'text'");
      return nullptr;
    }
    check(node, *id, *words);
    words_.words_[*id] = *words;
    return words;
  }

  void check(const Node& node, const std::string& id, const std::string& words) {
    const std::string listed = provisions_.hash(id);
    if (id.rfind(act_ + "/", 0) != 0) {
      wrong(node, "'" + id + "' is no provision of " + act_);
    } else if (listed.empty()) {
      wrong(node, "the list of provisions of " + act_ + " has no '" + id + "'");
    } else if (listed != sha256_hex(words)) {
      wrong(node, "'" + id + "' has other words than the rules were written from", "its hash is not the listed one");
    } else if (!seen_.insert(id).second) {
      wrong(node, "'" + id + "' stands twice");
    }
  }

  void complete(const Node& units) {
    if (!errors_.empty()) return;
    for (const std::string& id : provisions_.ids(act_))
      if (!seen_.contains(id)) wrong(units, "'" + id + "' is missing from this text of " + act_);
  }

  std::string file_, bytes_, act_;
  const Provisions& provisions_;
  Words& words_;
  std::set<std::string> seen_;
  Diagnostics errors_;
};

Result<Words> Words::read(const fs::path& folder, const Provisions& provisions) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator it(folder, error); !error && it != fs::directory_iterator(); it.increment(error))
    if (it->path().extension() == ".json") files.push_back(it->path());
  if (error) return failure(error_in(folder.string(), "cannot be read as a folder of law texts: " + error.message()));
  std::sort(files.begin(), files.end());
  Words words;
  Diagnostics errors;
  for (const fs::path& file : files) {
    auto bytes = read_file(file, text_limit);
    if (!bytes) return tl::unexpected(bytes.error());
    Diagnostics found = TextReader(file.string(), std::move(*bytes), provisions, words).read();
    std::move(found.begin(), found.end(), std::back_inserter(errors));
  }
  if (!errors.empty()) return failure(std::move(errors));
  if (words.words_.empty()) return failure(error_in(folder.string(), "holds no text of an act"));
  return words;
}

const std::string* Words::of(const std::string& provision) const {
  const auto it = words_.find(provision);
  return it == words_.end() ? nullptr : &it->second;
}

std::string Words::title_of(const std::string& unit) const {
  const auto it = titles_.find(unit);
  return it == titles_.end() ? "" : it->second;
}

}  // namespace duolex::law
