// Small files for the tests, made in code: an assembler for pickles, ZIP archives with every field in hand.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "threats/model_files/scan.h"

namespace duolex::threats::model_files::testing {

template <class T>
std::string little(T value) {
  std::string out;
  for (std::size_t i = 0; i < sizeof(T); ++i) out += static_cast<char>(static_cast<std::uint64_t>(value) >> (8 * i) & 0xFF);
  return out;
}

// An instruction of one byte each; the rest is appended as it stands.
struct Pickle {
  std::string bytes;
  Pickle& op(int code) { return bytes += static_cast<char>(code), *this; }
  Pickle& proto(int p) { return op(0x80).op(p); }
  Pickle& raw(std::string_view b) { return bytes += b, *this; }
  Pickle& text(std::string_view t) { return op(0x8c).op(static_cast<int>(t.size())).raw(t); }
  Pickle& long_text(std::string_view t) { return op('X').raw(little(static_cast<std::uint32_t>(t.size()))).raw(t); }
  Pickle& binary(std::string_view t) { return op('B').raw(little(static_cast<std::uint32_t>(t.size()))).raw(t); }
  Pickle& number(int n) { return op('K').op(n); }
  Pickle& global(std::string_view module, std::string_view name) { return op('c').raw(module).raw("\n").raw(name).raw("\n"); }
  Pickle& stack_global(std::string_view module, std::string_view name) { return text(module).text(name).op(0x93); }
  Pickle& memoize() { return op(0x94); }
  Pickle& tuple1() { return op(0x85); }
  Pickle& tuple2() { return op(0x86); }
  Pickle& reduce() { return op('R'); }
  std::string stop() { return bytes + "."; }
};

// os.system(command) in protocol 4.
inline std::string attack(std::string_view command = "id") {
  return Pickle().proto(4).stack_global("os", "system").text(command).tuple1().reduce().stop();
}

// collections.OrderedDict() in protocol 2.
inline std::string harmless() { return Pickle().proto(2).global("collections", "OrderedDict").op(')').reduce().stop(); }

struct ZipMember {
  std::string name, content;
  std::uint16_t flags = 0;
  bool deflate = false;
  std::string local_name{};            // another name in the member's own header
  bool listed = true;                // in the central directory
  std::uint32_t wrong_crc = 0;       // added to the right one
};
std::string zip(const std::vector<ZipMember>& members);
std::string tar(const std::vector<std::pair<std::string, std::string>>& members);
std::string gzip(std::string_view content);
std::string zlib(std::string_view content);
std::string base64(std::string_view content);

// The verdict on bytes that stand in a file of this name; without an unpacker for other archives.
FileReport look(const std::string& name, std::string_view bytes);
// The first reason with a call, as "member, byte n: call"; "" when there is none.
std::string first_call(const FileReport& report);

}  // namespace duolex::threats::model_files::testing
