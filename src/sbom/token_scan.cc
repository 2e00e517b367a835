#include "sbom/token_scan.h"

#include <array>

#include "text/utf8.h"

namespace duolex::sbom {
namespace {

enum : std::uint8_t { is_quote = 1, is_backslash = 2, is_space = 4, is_mark = 8, is_control = 16 };
constexpr auto kinds = [] {
  std::array<std::uint8_t, 256> out{};
  for (std::size_t c = 0; c < 0x20; ++c) out[c] = is_control;
  for (const char c : {' ', '\n', '\r', '\t'}) out[static_cast<unsigned char>(c)] |= is_space;
  for (const char c : {'{', '}', '[', ']', ':', ','}) out[static_cast<unsigned char>(c)] = is_mark;
  out['"'] = is_quote;
  out['\\'] = is_backslash;
  return out;
}();

struct Plainly {
  static BlockMasks masks(const char* block) {
    BlockMasks m{};
    for (unsigned i = 0; i < 64; ++i) {
      const auto c = static_cast<unsigned char>(block[i]);
      const std::uint64_t bit = std::uint64_t{1} << i;
      const std::uint8_t kind = kinds[c];
      if ((kind & is_quote) != 0) m.quote |= bit;
      if ((kind & is_backslash) != 0) m.backslash |= bit;
      if ((kind & is_space) != 0) m.space |= bit;
      if ((kind & is_mark) != 0) m.mark |= bit;
      if ((kind & is_control) != 0) m.control |= bit;
      if (c > 0x7f) m.high |= bit;
    }
    return m;
  }
};

const char* check_utf8(const char* from, const char* stop, const char* end) {
  const std::size_t behind = text::walk_utf8({from, static_cast<std::size_t>(end - from)}, 0, static_cast<std::size_t>(stop - from));
  return behind == std::string_view::npos ? nullptr : from + behind;
}

bool more(TokenRoom& room) {
  const std::uint64_t larger = room.room + room.room / 2 + 4096;
  void* const offsets = std::realloc(room.offsets, larger * sizeof(std::uint32_t));
  if (offsets == nullptr) return false;
  room.offsets = static_cast<std::uint32_t*>(offsets);
  room.room = larger;
  return true;
}

template <class Find>
FoundTokens found_by(Find find, std::string_view document) {
  TokenRoom room{nullptr, 0, document.size() / 6, more};
  FoundTokens out;
  if (!more(room)) {
    out.end = ScanEnd::no_memory;
    return out;
  }
  out.end = find(document.data(), document.size(), room, check_utf8);
  out.count = room.count;
  out.offsets.reset(room.offsets);
  return out;
}

}  // namespace

FoundTokens scan_tokens_plainly(std::string_view document) { return found_by(find_tokens<Plainly>, document); }

FoundTokens scan_tokens(std::string_view document) {
#ifdef DUOLEX_AVX2
  static const bool wide = __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("bmi") != 0;
  if (wide) return found_by(find_tokens_avx2, document);
#endif
  return scan_tokens_plainly(document);
}

}  // namespace duolex::sbom
