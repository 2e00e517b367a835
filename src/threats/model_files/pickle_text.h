// How pickles of protocol 0 write text, and integers of any length.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace duolex::threats::model_files {

// \uXXXX and \UXXXXXXXX; every other byte stands for itself. False for a broken escape.
[[nodiscard]] bool decode_raw_unicode(std::string_view in, std::string& out);

// The escapes of Python's string literals. False for a broken one.
[[nodiscard]] bool decode_escapes(std::string_view in, std::string& out);

// Appends a code point as UTF-8; surrogates and beyond become U+FFFD.
void append_utf8(std::uint32_t code_point, std::string& out);

// A two's-complement integer, least significant byte first, as decimal digits. For at most 64 bytes.
[[nodiscard]] std::string little_endian_decimal(std::string_view bytes);

// Whether this could be the dotted name of something in Python.
[[nodiscard]] bool is_dotted_name(std::string_view name);

}  // namespace duolex::threats::model_files
