// JSON out, piece by piece and without a tree of values: the bytes are those of to_json_text() in its pretty layout.
#pragma once

#include <concepts>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace duolex::text {

// What is opened must be closed, and in an object every value has its key before it; nothing checks that but tests.
class JsonWriter {
 public:
  // `expected`: bytes, for which room is taken at once.
  explicit JsonWriter(std::size_t expected = 0) { out_.reserve(expected); }

  // A key that stands in the program: nothing in it wants an escape.
  struct Key {
    template <std::size_t size>
    consteval Key(const char (&name)[size]) : length(size + 2) {
      static_assert(size + 2 <= sizeof text);
      for (std::size_t i = 0; i + 1 < size; ++i) {
        if (name[i] < ' ' || name[i] == '"' || name[i] == '\\' || name[i] == '\x7f') throw "a key that wants escapes";
        text[i] = name[i];
      }
      text[size - 1] = '"';
      text[size] = ':';
      text[size + 1] = ' ';
    }
    char text[48]{};  // with what stands behind it
    std::size_t length;
  };

  JsonWriter& open_object() { return open('{', '}'); }
  JsonWriter& open_list() { return open('[', ']'); }
  JsonWriter& close();
  JsonWriter& key(const Key& name);
  JsonWriter& any_key(std::string_view name);
  // Bytes that are no UTF-8 become U+FFFD.
  JsonWriter& value(std::string_view text);
  JsonWriter& value(const std::string& text) { return value(std::string_view(text)); }
  JsonWriter& value(const char* text) { return value(std::string_view(text)); }
  // The shortest decimal that reads back as the same double.
  template <class T>
    requires std::is_arithmetic_v<T>
  JsonWriter& value(T number) {
    if constexpr (std::same_as<T, bool>) return truth(number);
    else if constexpr (std::floating_point<T>) return real(number);
    else if constexpr (std::signed_integral<T>) return signed_number(number);
    else return unsigned_number(number);
  }
  JsonWriter& value(const std::vector<std::string>& texts);
  JsonWriter& value(const nlohmann::ordered_json& tree);
  template <class T>
  JsonWriter& field(const Key& name, const T& what) {
    key(name);
    return value(what);
  }

  [[nodiscard]] std::string finish() &&;  // with a line feed at the end

 private:
  JsonWriter& open(char begin, char end);
  JsonWriter& truth(bool truth);
  JsonWriter& real(double number);
  JsonWriter& signed_number(std::int64_t number);
  JsonWriter& unsigned_number(std::uint64_t number);
  void begin_value();
  void quoted(std::string_view text);

  std::string out_;
  std::string ends_;           // the closing brackets of what is open
  std::string line_ = ",\n\"";  // how a further key begins here; a value, without the quote
  bool empty_ = true, after_key_ = false;
};

}  // namespace duolex::text
