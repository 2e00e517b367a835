#include "threats/parquet/values.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "threats/parquet/deltas.h"
#include "threats/parquet/levels.h"

namespace duolex::threats::parquet {
namespace {

std::size_t size_of(const Column& c) {
  switch (c.physical) {
    case Physical::int32:
    case Physical::float32: return 4;
    case Physical::int64:
    case Physical::float64: return 8;
    case Physical::int96: return 12;
    case Physical::fixed: return c.width;
    default: return 0;
  }
}

std::uint64_t number_at(const char* from, std::size_t size, bool sign) {
  if (size == 8) {
    std::uint64_t v = 0;
    std::memcpy(&v, from, 8);
    return v;
  }
  std::uint32_t v = 0;
  std::memcpy(&v, from, 4);
  return sign ? static_cast<std::uint64_t>(static_cast<std::int64_t>(static_cast<std::int32_t>(v))) : v;
}

class Plain : public Values {
 public:
  Plain(const Column& c, std::string_view bytes) : column_(c), bytes_(bytes), size_(size_of(c)) {}
  bool take(Value* out, std::size_t count) override {
    if (column_.physical == Physical::bytes) return texts(out, count);
    if (column_.physical == Physical::boolean) {
      if (count > bytes_.size() * 8 - at_) return false;
      for (std::size_t i = 0; i < count; ++i, ++at_) out[i].bits = static_cast<unsigned char>(bytes_[at_ / 8]) >> (at_ % 8) & 1u;
      return true;
    }
    if (count > (bytes_.size() - at_) / size_) return false;
    const bool sign = column_.physical == Physical::int32, wide = column_.stores_bytes();
    for (std::size_t i = 0; i < count; ++i, at_ += size_) {
      if (wide)
        out[i].bytes = bytes_.substr(at_, size_);
      else
        out[i].bits = number_at(bytes_.data() + at_, size_, sign);
    }
    return true;
  }

 private:
  bool texts(Value* out, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      if (bytes_.size() - at_ < 4) return false;
      std::uint32_t size = 0;
      std::memcpy(&size, bytes_.data() + at_, 4);
      if (size > bytes_.size() - at_ - 4) return false;
      out[i].bytes = bytes_.substr(at_ + 4, size);
      at_ += 4 + std::size_t{size};
    }
    return true;
  }
  const Column& column_;
  std::string_view bytes_;
  std::size_t size_, at_ = 0;  // of booleans: bits
};

class FromDictionary : public Values {
 public:
  FromDictionary(std::string_view bytes, const Dictionary& dictionary)
      : dictionary_(dictionary), broken_(bytes.empty() || static_cast<unsigned char>(bytes[0]) > 32), runs_(broken_ ? std::string_view{} : bytes.substr(1), broken_ ? 0 : static_cast<unsigned char>(bytes[0])) {}
  bool take(Value* out, std::size_t count) override {
    std::array<std::uint32_t, 256> places{};
    if (broken_ && count > 0) return false;
    for (std::size_t done = 0; done < count;) {
      const std::size_t n = std::min(count - done, places.size());
      if (!runs_.take(places.data(), n)) return false;
      for (std::size_t i = 0; i < n; ++i) {
        if (places[i] >= dictionary_.size()) return false;
        out[done + i] = dictionary_[places[i]];
        out[done + i].entry = places[i];
      }
      done += n;
    }
    return true;
  }

 private:
  const Dictionary& dictionary_;
  bool broken_;
  Runs runs_;
};

class RunsOfBooleans : public Values {
 public:
  explicit RunsOfBooleans(std::string_view bytes) {
    std::uint32_t size = 0;
    if (bytes.size() >= 4) std::memcpy(&size, bytes.data(), 4);
    if (bytes.size() >= 4 && size <= bytes.size() - 4) runs_ = Runs(bytes.substr(4, size), 1);
  }
  bool take(Value* out, std::size_t count) override {
    for (std::size_t i = 0; i < count; ++i) {
      std::uint32_t v = 0;
      if (!runs_.take(&v, 1)) return false;
      out[i].bits = v;
    }
    return true;
  }

 private:
  Runs runs_;
};

class Deltas : public Values {
 public:
  Deltas(const Column& c, std::string_view bytes) : narrow_(c.physical == Physical::int32), numbers_(bytes) {}
  bool take(Value* out, std::size_t count) override {
    for (std::size_t i = 0; i < count; ++i) {
      std::int64_t v = 0;
      if (!numbers_.next(v)) return false;
      out[i].bits = static_cast<std::uint64_t>(narrow_ ? static_cast<std::int32_t>(v) : v);
    }
    return true;
  }

 private:
  bool narrow_;
  DeltaNumbers numbers_;
};

class Texts : public Values {
 public:
  explicit Texts(DeltaTexts texts) : texts_(std::move(texts)) {}
  bool take(Value* out, std::size_t count) override {
    for (std::size_t i = 0; i < count; ++i)
      if (!texts_.next(out[i].bytes)) return false;
    return true;
  }

 private:
  DeltaTexts texts_;
};

// Byte k of every value stands with the bytes k of all others.
class Split : public Values {
 public:
  Split(const Column& c, std::string_view bytes) : column_(c), bytes_(bytes), size_(size_of(c)), values_(bytes.size() / size_) {}
  bool take(Value* out, std::size_t count) override {
    if (count > values_ - next_) return false;
    gathered_.resize(count * size_);
    for (std::size_t i = 0; i < count; ++i, ++next_) {
      char* const to = gathered_.data() + i * size_;
      for (std::size_t k = 0; k < size_; ++k) to[k] = bytes_[k * values_ + next_];
      if (column_.stores_bytes())
        out[i].bytes = {to, size_};
      else
        out[i].bits = number_at(to, size_, column_.physical == Physical::int32);
    }
    return true;
  }

 private:
  const Column& column_;
  std::string_view bytes_;
  std::size_t size_, values_, next_ = 0;
  std::string gathered_;
};

}  // namespace

std::string name_of_encoding(std::int64_t encoding) {
  static const char* const names[] = {"PLAIN", "", "PLAIN_DICTIONARY", "RLE", "BIT_PACKED", "DELTA_BINARY_PACKED", "DELTA_LENGTH_BYTE_ARRAY", "DELTA_BYTE_ARRAY", "RLE_DICTIONARY", "BYTE_STREAM_SPLIT", "ALP"};
  return encoding < 0 || encoding > 10 || encoding == 1 ? std::to_string(encoding) : names[encoding];
}

std::unique_ptr<Values> values_of(const Column& column, std::int64_t encoding, std::string_view bytes, std::size_t count, const Dictionary* dictionary, Allowance& allowance,
                                  std::string& why) {
  const Physical p = column.physical;
  switch (encoding) {
    case static_cast<std::int64_t>(Encoding::plain): return std::make_unique<Plain>(column, bytes);
    case static_cast<std::int64_t>(Encoding::plain_dictionary):
    case static_cast<std::int64_t>(Encoding::dictionary):
      if (dictionary != nullptr) return std::make_unique<FromDictionary>(bytes, *dictionary);
      why = "refers to a dictionary that is not there";
      return nullptr;
    case static_cast<std::int64_t>(Encoding::rle):
      if (p == Physical::boolean) return std::make_unique<RunsOfBooleans>(bytes);
      break;
    case static_cast<std::int64_t>(Encoding::delta):
      if (p == Physical::int32 || p == Physical::int64) return std::make_unique<Deltas>(column, bytes);
      break;
    case static_cast<std::int64_t>(Encoding::delta_length):
    case static_cast<std::int64_t>(Encoding::delta_bytes): {
      const bool shared = encoding == static_cast<std::int64_t>(Encoding::delta_bytes);
      if (p != Physical::bytes && !(p == Physical::fixed && shared)) break;
      DeltaTexts texts(bytes, count, shared, p == Physical::fixed ? column.width : 0, allowance);
      if (texts.ok()) return std::make_unique<Texts>(std::move(texts));
      why = texts.too_large() ? "unfolds to more than is read" : "has lengths that its bytes do not hold";
      return nullptr;
    }
    case static_cast<std::int64_t>(Encoding::split):
      if (size_of(column) == 0) break;
      if (bytes.size() % size_of(column) == 0) return std::make_unique<Split>(column, bytes);
      why = "does not hold whole values";
      return nullptr;
    default: break;
  }
  why = "is encoded in a way that is not read for such values (" + name_of_encoding(encoding) + ")";
  return nullptr;
}

}  // namespace duolex::threats::parquet
