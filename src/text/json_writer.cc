#include "text/json_writer.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>

namespace duolex::text {
namespace {

// Bytes that stand in a text as they are.
constexpr auto as_they_are = [] {
  std::array<bool, 256> out{};
  for (std::size_t c = 0x20; c < 0x80; ++c) out[c] = c != '"' && c != '\\';
  return out;
}();

// The same of eight at once: each byte is below 80, not below 20, and neither of the two.
bool eight_as_they_are(const char* bytes) {
  std::uint64_t eight = 0;
  std::memcpy(&eight, bytes, 8);
  constexpr std::uint64_t ones = 0x0101010101010101, tops = ones << 7;
  const auto any_zero = [](std::uint64_t x) { return (x - ones) & ~x; };
  return ((eight | (eight - ones * 0x20) | any_zero(eight ^ (ones * '"')) | any_zero(eight ^ (ones * '\\'))) & tops) == 0;
}

}  // namespace

void JsonWriter::begin_value() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (ends_.empty()) return;
  const std::size_t comma = empty_ ? 1 : 0;
  out_.append(line_.data() + comma, line_.size() - 1 - comma);
  empty_ = false;
}

JsonWriter& JsonWriter::open(char begin, char end) {
  begin_value();
  out_ += begin;
  ends_ += end;
  line_.insert(2, 2, ' ');
  empty_ = true;
  return *this;
}

JsonWriter& JsonWriter::close() {
  const char end = ends_.back();
  ends_.pop_back();
  line_.erase(2, 2);
  if (!empty_) out_.append(line_.data() + 1, line_.size() - 2);
  out_ += end;
  empty_ = false;
  return *this;
}

JsonWriter& JsonWriter::key(const Key& name) {
  out_.append(line_, empty_ ? 1 : 0);
  empty_ = false;
  out_.append(name.text, name.length);
  after_key_ = true;
  return *this;
}

JsonWriter& JsonWriter::any_key(std::string_view name) {
  begin_value();
  quoted(name);
  out_.append(": ", 2);
  after_key_ = true;
  return *this;
}

JsonWriter& JsonWriter::value(std::string_view text) {
  begin_value();
  quoted(text);
  return *this;
}

JsonWriter& JsonWriter::truth(bool truth) {
  begin_value();
  out_ += truth ? "true" : "false";
  return *this;
}

JsonWriter& JsonWriter::real(double number) {
  // Most are scores with one decimal, which need no search for the shortest.
  const double tenths = std::nearbyint(number * 10);
  if (!(tenths >= 0 && tenths < 1e6 && tenths / 10 == number) || std::signbit(number)) return value(nlohmann::ordered_json(number));
  const auto whole = static_cast<std::uint32_t>(tenths);
  unsigned_number(whole / 10);
  const char part[2] = {'.', static_cast<char>('0' + whole % 10)};
  out_.append(part, sizeof part);
  return *this;
}

JsonWriter& JsonWriter::signed_number(std::int64_t number) {
  if (number >= 0) return unsigned_number(static_cast<std::uint64_t>(number));
  begin_value();
  out_ += std::to_string(number);
  return *this;
}

JsonWriter& JsonWriter::unsigned_number(std::uint64_t number) {
  begin_value();
  char digits[24];
  out_.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
  return *this;
}

JsonWriter& JsonWriter::value(const std::vector<std::string>& texts) {
  open_list();
  for (const std::string& text : texts) value(text);
  return close();
}

JsonWriter& JsonWriter::value(const nlohmann::ordered_json& tree) {
  if (tree.is_object()) {
    open_object();
    for (const auto& [name, item] : tree.items()) {
      any_key(name).value(item);
    }
    return close();
  }
  if (tree.is_array()) {
    open_list();
    for (const auto& item : tree) value(item);
    return close();
  }
  begin_value();
  out_ += tree.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  return *this;
}

void JsonWriter::quoted(std::string_view text) {
  std::size_t plain = 0;
  while (text.size() - plain >= 8 && eight_as_they_are(text.data() + plain)) plain += 8;
  while (plain < text.size() && as_they_are[static_cast<unsigned char>(text[plain])]) ++plain;
  out_ += '"';
  out_.append(text.substr(0, plain));
  if (plain < text.size()) {
    // The rest is written by the library, which knows every escape.
    const std::string rest = nlohmann::json(text.substr(plain)).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    out_.append(rest, 1, rest.size() - 2);
  }
  out_ += '"';
}

std::string JsonWriter::finish() && {
  out_ += '\n';
  return std::move(out_);
}

}  // namespace duolex::text
