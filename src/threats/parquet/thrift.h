// Structures in Thrift's compact protocol, out of foreign bytes. Reads what is asked for and passes the rest by, never
// beyond the end, never deeper than a bound. The first thing that is wrong ends all reading and is remembered with its
// byte: what is read after that is zero and empty.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace duolex::threats::parquet {

class Thrift {
 public:
  enum class Type : std::uint8_t { stop = 0, yes = 1, no = 2, i8 = 3, i16 = 4, i32 = 5, i64 = 6, real = 7, binary = 8, list = 9, set = 10, map = 11, structure = 12, uuid = 13 };
  struct Field {
    std::int16_t id = 0;
    Type type = Type::stop;
  };

  // `bytes` is the whole file, so that places are those of the file; reading begins at `at` and stays before `end`.
  Thrift(std::string_view bytes, std::size_t at, std::size_t end) : bytes_(bytes.substr(0, end)), at_(at < end ? at : end) {}

  [[nodiscard]] bool ok() const { return wrong_.empty(); }
  [[nodiscard]] const std::string& wrong() const { return wrong_; }
  [[nodiscard]] std::size_t at() const { return at_; }

  // Each field of a structure, up to its end. `each` reads the field's value and returns true, or returns false and
  // leaves it to be passed by.
  void structure(const std::function<bool(const Field&)>& each);
  // Each element of a list. `each` reads it.
  void list(const Field& field, Type element, const std::function<void()>& each);

  [[nodiscard]] std::int64_t integer(const Field& field);
  [[nodiscard]] std::int64_t integer();  // an element of a list
  [[nodiscard]] std::string_view binary(const Field& field);
  [[nodiscard]] std::string_view binary();
  [[nodiscard]] bool boolean(const Field& field);

  void refuse(const std::string& what) { refuse(what, at_); }
  void refuse(const std::string& what, std::size_t at);

 private:
  [[nodiscard]] std::uint8_t byte();
  [[nodiscard]] std::uint64_t number();
  void skip(Type type, bool element);
  void structure_of(const std::function<bool(const Field&)>& each);

  std::string_view bytes_;
  std::size_t at_;
  unsigned depth_ = 0;
  std::string wrong_;
};

}  // namespace duolex::threats::parquet
