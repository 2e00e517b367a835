// Fields out of protocol-buffer bytes, bounded: nothing is copied and nothing recurses.
#pragma once

#include <cstdint>
#include <string_view>

#include "threats/model_files/bytes.h"

namespace duolex::threats::model_files {

struct Field {
  std::uint32_t number = 0;
  std::uint8_t type = 0;       // 0 varint, 1 eight bytes, 2 bytes, 5 four bytes
  std::uint64_t value = 0;     // of types 0, 1 and 5
  std::string_view bytes;      // of type 2
};

class Fields {
 public:
  // `base`: where `bytes` stand in the file, for offsets.
  explicit Fields(std::string_view bytes, std::size_t base = 0) : in_{bytes}, base_(base) {}

  // The next field; false at the end and when the bytes are no fields (then `broken`).
  bool next(Field& field) {
    if (in_.left() == 0 || broken_) return false;
    std::uint64_t key = 0;
    if (!varint(key) || key >> 3 == 0 || key >> 3 > 0x1FFFFFFF) return broken_ = true, false;
    field.number = static_cast<std::uint32_t>(key >> 3);
    field.type = static_cast<std::uint8_t>(key & 7);
    bool ok = false;
    std::uint32_t four = 0;
    switch (field.type) {
      case 0: ok = varint(field.value); break;
      case 1: ok = in_.number(field.value); break;
      case 2: ok = varint(field.value) && in_.take(field.value, field.bytes); break;
      case 5:
        ok = in_.number(four);
        field.value = four;
        break;
      default: break;  // groups are not used any more
    }
    if (!ok) broken_ = true;
    return ok;
  }

  [[nodiscard]] bool broken() const { return broken_; }
  // The offset in the file of where reading stands, or of the bytes of the last field.
  [[nodiscard]] std::size_t at() const { return base_ + in_.at; }
  [[nodiscard]] std::size_t bytes_at(const Field& field) const { return base_ + in_.at - field.bytes.size(); }

 private:
  bool varint(std::uint64_t& out) {
    out = 0;
    for (unsigned shift = 0; shift < 70; shift += 7) {
      std::uint8_t b = 0;
      if (!in_.number(b)) return false;
      if (shift == 63 && b > 1) return false;
      out |= std::uint64_t{b & 0x7FU} << shift;
      if ((b & 0x80U) == 0) return true;
    }
    return false;
  }

  Cursor in_;
  std::size_t base_;
  bool broken_ = false;
};

}  // namespace duolex::threats::model_files
