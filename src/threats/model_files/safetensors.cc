#include <algorithm>
#include <utility>
#include <vector>

#include "text/node.h"
#include "threats/model_files/bytes.h"
#include "threats/model_files/readers.h"

namespace duolex::threats::model_files {
namespace {

using text::Node;
constexpr std::uint64_t most_header = 100'000'000;  // what the format's own reader takes

std::uint64_t bits_of(const std::string& type) {
  static constexpr std::pair<std::string_view, std::uint64_t> sizes[] = {
      {"BOOL", 8}, {"U8", 8}, {"I8", 8}, {"F8_E5M2", 8}, {"F8_E4M3", 8}, {"F8_E8M0", 8}, {"F8_E4M3FNUZ", 8}, {"F8_E5M2FNUZ", 8},
      {"F4", 4}, {"F6_E2M3", 6}, {"F6_E3M2", 6}, {"I16", 16}, {"U16", 16}, {"F16", 16}, {"BF16", 16},
      {"I32", 32}, {"U32", 32}, {"F32", 32}, {"F64", 64}, {"I64", 64}, {"U64", 64}, {"C64", 64}};
  for (const auto& [name, bits] : sizes)
    if (name == type) return bits;
  return 0;
}

}  // namespace

void scan_safetensors(Scan& scan, std::string_view bytes) {
  scan.kind("safetensors");
  Cursor c{bytes};
  std::uint64_t length = 0;
  std::string_view header;
  if (!c.number(length)) return scan.found(Verdict::unreadable, "ends inside its header", bytes.size());
  if (length > most_header || !c.take(length, header))
    return scan.found(Verdict::unreadable, "claims a header of " + std::to_string(length) + " bytes where " + std::to_string(c.left()) + " are left", 0);
  const auto root = text::read_json("header", std::string(header));
  if (!root) return scan.found(Verdict::unreadable, "the header is refused: " + root.error().front().message, 8 + root.error().front().span.begin);
  if (root->kind != Node::Kind::mapping) return scan.found(Verdict::unreadable, "the header is " + describe(*root) + ", not an object", 8);

  const std::uint64_t data = c.left();
  bool all_good = true;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> ranges;
  for (std::size_t i = 0; i < root->items.size(); ++i) {
    const Node& tensor = root->items[i];
    const auto refuse = [&](const std::string& what) {
      all_good = false;
      scan.found(Verdict::unreadable, "the tensor '" + root->keys[i].text.substr(0, 100) + "' " + what, 8 + tensor.span.begin);
    };
    if (root->keys[i].text == "__metadata__") {
      if (tensor.kind != Node::Kind::mapping) refuse("is no object");
      continue;
    }
    const Node *type = tensor.find("dtype"), *shape = tensor.find("shape"), *offsets = tensor.find("data_offsets");
    if (type == nullptr || shape == nullptr || offsets == nullptr || shape->kind != Node::Kind::sequence ||
        offsets->kind != Node::Kind::sequence || offsets->items.size() != 2) {
      refuse("does not say its type, shape and place");
      continue;
    }
    const std::uint64_t bits = bits_of(type->text);
    if (bits == 0) {
      refuse("has the unknown type '" + type->text.substr(0, 40) + "'");
      continue;
    }
    std::uint64_t count = bits;
    bool fits = true;
    for (const Node& d : shape->items)
      fits = fits && d.kind == Node::Kind::integer && d.integer >= 0 && product(count, static_cast<std::uint64_t>(d.integer), count);
    if (!fits) {
      refuse("has a shape that does not fit in 64 bits");
      continue;
    }
    const Node &from = offsets->items[0], &to = offsets->items[1];
    if (from.kind != Node::Kind::integer || to.kind != Node::Kind::integer || from.integer < 0 || to.integer < from.integer ||
        static_cast<std::uint64_t>(to.integer) > data) {
      refuse("has a place outside the file");
      continue;
    }
    const auto begin = static_cast<std::uint64_t>(from.integer), end = static_cast<std::uint64_t>(to.integer);
    if (count / 8 + (count % 8 != 0) != end - begin) refuse("takes " + std::to_string(end - begin) + " bytes, its shape " + std::to_string(count / 8));
    ranges.emplace_back(begin, end);
  }
  if (!all_good) return;
  std::sort(ranges.begin(), ranges.end());
  std::uint64_t at = 0;
  for (const auto& [begin, end] : ranges) {
    if (begin < at) return scan.found(Verdict::unreadable, "tensors share bytes", 8 + length + begin);
    if (begin > at) {
      scan.found(Verdict::suspicious, "bytes " + std::to_string(at) + " to " + std::to_string(begin) + " of the data belong to no tensor", 8 + length + at);
      find_hidden_pickles(scan, bytes, static_cast<std::size_t>(8 + length + at), static_cast<std::size_t>(8 + length + begin));
    }
    at = end;
  }
  if (at < data) {
    scan.found(Verdict::suspicious, "bytes after the last tensor belong to none", static_cast<std::size_t>(8 + length + at));
    find_hidden_pickles(scan, bytes, static_cast<std::size_t>(8 + length + at), bytes.size());
  }
}

}  // namespace duolex::threats::model_files
