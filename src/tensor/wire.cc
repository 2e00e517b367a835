#include "tensor/wire.h"

namespace duolex::tensor {

std::optional<std::uint64_t> read_varint(std::string_view bytes, std::size_t& at) {
  std::uint64_t value = 0;
  for (int shift = 0; shift < 70 && at < bytes.size(); shift += 7) {
    const auto byte = static_cast<std::uint8_t>(bytes[at++]);
    if (shift == 63 && byte > 1) return std::nullopt;
    value |= static_cast<std::uint64_t>(byte & 127) << shift;
    if (byte < 128) return value;
  }
  return std::nullopt;
}

std::optional<Field> Message::fail(std::size_t at, const char* message) {
  error_ = message;
  error_offset_ = offset_ + at;
  at_ = bytes_.size();
  return std::nullopt;
}

std::optional<Field> Message::next() {
  if (at_ >= bytes_.size()) return std::nullopt;
  Field field;
  const std::size_t start = at_;
  field.offset = offset_ + start;
  const auto key = read_varint(bytes_, at_);
  if (!key) return fail(start, "a field key is cut off or too long");
  if (*key >> 32 != 0 || *key >> 3 == 0) return fail(start, "no field has this number");
  field.number = static_cast<std::uint32_t>(*key >> 3);
  field.wire = static_cast<int>(*key & 7);
  const std::size_t left = bytes_.size() - at_;
  switch (field.wire) {
    case 0: {
      const auto value = read_varint(bytes_, at_);
      if (!value) return fail(start, "a number is cut off or too long");
      field.value = *value;
      break;
    }
    case 1:
    case 5: {
      const std::size_t size = field.wire == 1 ? 8 : 4;
      if (left < size) return fail(start, "the file ends within a number");
      field.content = offset_ + at_;
      field.bytes = bytes_.substr(at_, size);
      for (std::size_t i = 0; i < size; ++i)
        field.value |= static_cast<std::uint64_t>(static_cast<std::uint8_t>(bytes_[at_ + i])) << (8 * i);
      at_ += size;
      break;
    }
    case 2: {
      const auto size = read_varint(bytes_, at_);
      if (!size) return fail(start, "a length is cut off or too long");
      if (*size > bytes_.size() - at_) return fail(start, "a length reaches beyond the end of what holds it");
      field.content = offset_ + at_;
      field.bytes = bytes_.substr(at_, static_cast<std::size_t>(*size));
      at_ += static_cast<std::size_t>(*size);
      break;
    }
    default: return fail(start, "no protobuf: a field of an unknown wire type");
  }
  return field;
}

}  // namespace duolex::tensor
