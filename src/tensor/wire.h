// The protobuf wire format, read forward over bytes that are not ours. No recursion, no allocation.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace duolex::tensor {

// One field of a message. For wire type 2 `bytes` is its content and `offset` where that begins in the file.
struct Field {
  std::uint32_t number = 0;
  int wire = 0;  // 0 varint, 1 eight bytes, 2 bytes, 5 four bytes
  std::uint64_t value = 0;
  std::string_view bytes;
  std::size_t offset = 0;  // of the field's key
  std::size_t content = 0;  // of the field's content
};

// Walks over the fields of a message. After next() has returned nothing, `error()` says whether the end was an
// honest one.
class Message {
 public:
  Message(std::string_view bytes, std::size_t offset) : bytes_(bytes), offset_(offset) {}
  [[nodiscard]] std::optional<Field> next();
  [[nodiscard]] const std::string& error() const { return error_; }
  [[nodiscard]] std::size_t error_offset() const { return error_offset_; }
  [[nodiscard]] std::size_t position() const { return offset_ + at_; }  // behind the last field, in the file

 private:
  std::optional<Field> fail(std::size_t at, const char* message);
  std::string_view bytes_;
  std::size_t offset_, at_ = 0;
  std::string error_;
  std::size_t error_offset_ = 0;
};

// A varint at `at`, which moves behind it; nothing when it is cut off or longer than ten bytes.
[[nodiscard]] std::optional<std::uint64_t> read_varint(std::string_view bytes, std::size_t& at);

}  // namespace duolex::tensor
