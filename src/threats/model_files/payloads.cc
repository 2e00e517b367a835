// Programs that are carried as text or bytes: pickles, Python's marshalled code, and either in base64, hexadecimal
// digits or compressed.
#include <algorithm>
#include <array>

#include "threats/model_files/pickle_machine.h"
#include "threats/model_files/readers.h"

namespace duolex::threats::model_files {
namespace {

constexpr std::size_t most_unpacked = std::size_t{1} << 20;

// A code object as marshal writes it: the type (with or without the flag for references), then small counts.
bool is_marshalled_code(std::string_view b) {
  if (b.size() < 40 || (b[0] != '\xe3' && b[0] != 'c')) return false;
  for (const std::size_t at : {1U, 5U, 9U})
    for (const std::size_t high : {1U, 2U, 3U})
      if (b[at + high] != 0) return false;
  // Somewhere soon the bytecode, a bytes object.
  return b.substr(0, 40).find_first_of("s\xf3") != std::string_view::npos;
}

std::array<signed char, 256> base64_values() {
  std::array<signed char, 256> table{};
  table.fill(-1);
  const std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  for (std::size_t i = 0; i < letters.size(); ++i) table[static_cast<unsigned char>(letters[i])] = static_cast<signed char>(i);
  table['+'] = table['-'] = 62;
  table['/'] = table['_'] = 63;
  return table;
}

// Lines may be broken. Empty when it is something else.
std::string decode_base64(std::string_view text) {
  static const std::array<signed char, 256> values = base64_values();
  std::string out;
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (const char c : text.substr(0, most_unpacked)) {
    if (c == '\n' || c == '\r' || c == '=') continue;
    const signed char v = values[static_cast<unsigned char>(c)];
    if (v < 0) return {};
    bits = bits << 6 | static_cast<std::uint32_t>(v);
    held += 6;
    if (held >= 8) {
      held -= 8;
      out += static_cast<char>(bits >> held & 0xFF);
    }
  }
  return out;
}

std::string decode_hex(std::string_view text) {
  std::string out;
  unsigned value = 0;
  bool half = false;
  for (const char c : text.substr(0, most_unpacked)) {
    unsigned digit = 0;
    if (c >= '0' && c <= '9') {
      digit = static_cast<unsigned>(c - '0');
    } else if (const char low = static_cast<char>(c | 0x20); low >= 'a' && low <= 'f') {
      digit = static_cast<unsigned>(low - 'a' + 10);
    } else {
      return {};
    }
    value = value << 4 | digit;
    if (half) out += static_cast<char>(value & 0xFF);
    half = !half;
  }
  return out;
}

bool is_compressed(std::string_view b) {
  if (b.size() < 8) return false;
  const auto first = static_cast<unsigned char>(b[0]), second = static_cast<unsigned char>(b[1]);
  return (first == 0x1f && second == 0x8b) || ((first & 0x0f) == 8 && (first >> 4) <= 7 && (first * 256 + second) % 31 == 0);
}

}  // namespace

void scan_payload(Scan& scan, std::string_view payload, std::size_t offset, unsigned depth) {
  if (payload.size() < 8 || depth == 0) return;
  if (is_marshalled_code(payload)) {
    scan.found(Verdict::suspicious, "holds compiled Python code (marshal)", offset);
    return;
  }
  if (payload[0] == '\x80' || payload[0] == 'c' || payload[0] == '(') {
    PickleOptions options;
    options.steps = std::min<std::size_t>(scan.steps_left(), 100'000);
    PickleMachine machine(payload, options);
    const PickleRun run = machine.run(0);
    scan.stepped(run.steps);
    const bool framed = payload[0] == '\x80';
    for (const PickleFinding& f : run.findings)
      if (f.plausible && (f.called || framed)) scan.found(Verdict::suspicious, "holds, as data, a pickle that " + f.what, offset, f.call);
    for (const PickleConstant& c : run.constants) scan_payload(scan, c.bytes, offset, depth - 1);
    if (run.stopped) return;
  }
  if (is_compressed(payload)) {
    const Inflated inner = inflate(payload, std::min(most_unpacked, scan.room()), false);
    scan.unpacked(inner.bytes.size());
    if (!inner.bytes.empty()) scan_payload(scan, inner.bytes, offset, depth - 1);
    return;
  }
  if (payload.size() < 16) return;
  const std::string_view head = payload.substr(0, 16);
  const bool letters = std::all_of(head.begin(), head.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '+' || c == '/' || c == '-' || c == '_' || c == '=' || c == '\n';
  });
  if (!letters) return;
  for (const std::string& decoded : {decode_hex(payload), decode_base64(payload)}) {
    if (decoded.size() < 8) continue;
    const auto first = static_cast<unsigned char>(decoded[0]);
    // Only what says of itself that it is more: ordinary words decode to something, too.
    if (first == 0x80 || first == 0xe3 || first == 'c' || first == '(' || is_compressed(decoded)) scan_payload(scan, decoded, offset, depth - 1);
  }
}

}  // namespace duolex::threats::model_files
