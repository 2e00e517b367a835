#include <array>

#include "threats/model_files/bytes.h"
#include "threats/model_files/readers.h"

namespace duolex::threats::model_files {
namespace {

constexpr std::uint64_t most_entries = 1'000'000;
constexpr unsigned most_nesting = 4;

// Bytes and elements of one block of each tensor type, by number; 0: not known.
struct Block {
  std::uint64_t elements, bytes;
};
constexpr std::array<Block, 40> blocks = {{{1, 4},     {1, 2},     {32, 18},   {32, 20},  {0, 0},     {0, 0},    {32, 22},  {32, 24},
                                           {32, 34},   {32, 36},   {256, 84},  {256, 110}, {256, 144}, {256, 176}, {256, 210}, {256, 292},
                                           {256, 66},  {256, 74},  {256, 98},  {256, 50},  {32, 18},   {256, 110}, {256, 82},  {256, 136},
                                           {1, 1},     {1, 2},     {1, 4},     {1, 8},     {1, 8},     {256, 56},  {1, 2},     {32, 18},
                                           {32, 18},   {32, 18},   {256, 54},  {256, 66},  {0, 0},     {0, 0},     {0, 0},     {32, 17}}};

class GgufScan {
 public:
  GgufScan(Scan& scan, std::string_view bytes) : scan_(scan), in_{bytes, 4} {}

  void run() {
    std::uint32_t version = 0;
    std::uint64_t tensors = 0, entries = 0;
    if (!in_.number(version)) return refuse("ends inside its header");
    if (version > 0xFFFF) return refuse("is written for big-endian machines, which is not read");
    if (version < 1 || version > 3) return refuse("is of version " + std::to_string(version) + "; 1 to 3 exist");
    narrow_ = version == 1;
    if (!count(tensors) || !count(entries)) return refuse("ends inside its header");
    if (tensors > most_entries || entries > most_entries || tensors > in_.left() || entries > in_.left())
      return refuse("claims " + std::to_string(tensors) + " tensors and " + std::to_string(entries) + " entries in " + std::to_string(in_.bytes.size()) + " bytes");
    for (std::uint64_t i = 0; i < entries; ++i)
      if (!entry()) return;
    for (std::uint64_t i = 0; i < tensors; ++i)
      if (!tensor()) return;
    place_tensors();
  }

 private:
  void refuse(const std::string& what) { scan_.found(Verdict::unreadable, what, in_.at); }
  bool refused(const std::string& what) { return refuse(what), false; }

  bool count(std::uint64_t& out) {
    if (!narrow_) return in_.number(out);
    std::uint32_t n = 0;
    if (!in_.number(n)) return false;
    out = n;
    return true;
  }

  bool text(std::string_view& out) {
    std::uint64_t length = 0;
    if (!count(length)) return refused("ends inside a text");
    if (!in_.take(length, out)) return refused("a text claims " + std::to_string(length) + " bytes where " + std::to_string(in_.left()) + " are left");
    return true;
  }

  static std::uint64_t width(std::uint32_t type) {
    constexpr std::array<std::uint64_t, 13> widths = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};
    return type < widths.size() ? widths[type] : 0;
  }

  bool entry() {
    std::string_view key;
    std::uint32_t type = 0;
    if (!text(key)) return false;
    if (!in_.number(type)) return refused("ends inside an entry");
    const std::size_t at = in_.at;
    if (type == 8) {
      std::string_view value;
      if (!text(value)) return false;
      if (key.starts_with("tokenizer.chat_template")) scan_template(scan_, value, at + (narrow_ ? 4 : 8));
      return true;
    }
    if (type == 4 && key == "general.alignment") {
      Cursor peek = in_;
      std::uint32_t alignment = 0;
      if (peek.number(alignment)) {
        if (alignment == 0 || alignment % 8 != 0 || alignment > (1U << 20)) return refused("aligns tensors to " + std::to_string(alignment) + " bytes");
        alignment_ = alignment;
      }
    }
    return value(type, most_nesting);
  }

  // Nested arrays are few: the depth is bounded.
  bool value(std::uint32_t type, unsigned depth) {
    std::string_view skipped;
    if (type == 8) return text(skipped);
    if (type != 9) {
      const std::uint64_t bytes = width(type);
      if (bytes == 0) return refused("an entry has the unknown type " + std::to_string(type));
      return in_.take(bytes, skipped) || refused("ends inside an entry");
    }
    std::uint32_t of = 0;
    std::uint64_t items = 0;
    if (!in_.number(of) || !count(items)) return refused("ends inside an array");
    if (depth == 0) return refused("arrays are nested more than " + std::to_string(most_nesting) + " deep");
    if (const std::uint64_t bytes = width(of); bytes > 0) {
      std::uint64_t all = 0;
      if (!product(bytes, items, all) || !in_.take(all, skipped)) return refused("an array claims " + std::to_string(items) + " items, more than the file holds");
      return true;
    }
    if (of != 8 && of != 9) return refused("an array is of the unknown type " + std::to_string(of));
    if (items > in_.left()) return refused("an array claims " + std::to_string(items) + " items, more than the file holds");
    for (std::uint64_t i = 0; i < items; ++i)
      if (!value(of, depth - 1)) return false;
    return true;
  }

  bool tensor() {
    std::string_view name;
    std::uint32_t dimensions = 0, type = 0;
    std::uint64_t elements = 1, offset = 0;
    if (!text(name)) return false;
    const std::size_t at = in_.at;
    if (!in_.number(dimensions)) return refused("ends inside the list of tensors");
    if (dimensions > 8) return refused("a tensor claims " + std::to_string(dimensions) + " dimensions");
    for (std::uint32_t i = 0; i < dimensions; ++i) {
      std::uint64_t n = 0;
      if (!count(n)) return refused("ends inside the list of tensors");
      if (!product(elements, n, elements) || elements >> 62 != 0) return refused("a tensor has more elements than 64 bits count");
    }
    if (!in_.number(type) || !in_.number(offset)) return refused("ends inside the list of tensors");
    const Block block = type < blocks.size() ? blocks[type] : Block{0, 0};
    if (block.elements == 0) {
      scan_.not_checked("the size of tensors of type " + std::to_string(type));
      return true;
    }
    std::uint64_t bytes = 0, end = 0;
    if (!product(elements / block.elements + (elements % block.elements != 0), block.bytes, bytes) || __builtin_add_overflow(offset, bytes, &end))
      return refused("a tensor is larger than 64 bits count");
    if (offset % alignment_ != 0) scan_.found(Verdict::unreadable, "a tensor is not aligned", at);
    if (end > last_) {
      last_ = end;
      last_at_ = at;
    }
    return true;
  }

  void place_tensors() {
    const std::uint64_t begin = (in_.at + alignment_ - 1) / alignment_ * alignment_;
    if (last_ > 0 && (begin > in_.bytes.size() || last_ > in_.bytes.size() - begin))
      scan_.found(Verdict::unreadable, "a tensor reaches to byte " + std::to_string(begin + last_) + " of " + std::to_string(in_.bytes.size()), last_at_);
  }

  Scan& scan_;
  Cursor in_;
  bool narrow_ = false;
  std::uint64_t alignment_ = 32, last_ = 0;
  std::size_t last_at_ = 0;
};

}  // namespace

void scan_gguf(Scan& scan, std::string_view bytes) {
  scan.kind("GGUF");
  GgufScan(scan, bytes).run();
}

}  // namespace duolex::threats::model_files
