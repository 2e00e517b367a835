#include "threats/parquet/thrift.h"

namespace duolex::threats::parquet {
namespace {

constexpr unsigned most_depth = 24;  // structures and lists within each other; the format itself needs 7

}  // namespace

void Thrift::refuse(const std::string& what, std::size_t at) {
  if (wrong_.empty()) wrong_ = what + " at byte " + std::to_string(at);
}

std::uint8_t Thrift::byte() {
  if (!ok()) return 0;
  if (at_ >= bytes_.size()) return refuse("a structure breaks off"), std::uint8_t{0};
  return static_cast<std::uint8_t>(bytes_[at_++]);
}

std::uint64_t Thrift::number() {
  std::uint64_t out = 0;
  const std::size_t began = at_;
  for (unsigned shift = 0; shift < 70; shift += 7) {
    const std::uint8_t b = byte();
    if (!ok()) return 0;
    if (shift == 63 && b > 1) break;
    out |= std::uint64_t{b & 0x7Fu} << shift;
    if (b < 0x80) return out;
  }
  refuse("a number is longer than 64 bits", began);
  return 0;
}

std::int64_t Thrift::integer() {
  const std::uint64_t z = number();
  return static_cast<std::int64_t>(z >> 1) ^ -static_cast<std::int64_t>(z & 1);
}

std::int64_t Thrift::integer(const Field& field) {
  switch (field.type) {
    case Type::i8: return static_cast<std::int8_t>(byte());
    case Type::i16:
    case Type::i32:
    case Type::i64: return integer();
    default: refuse("field " + std::to_string(field.id) + " is no whole number"); return 0;
  }
}

std::string_view Thrift::binary() {
  const std::size_t began = at_;
  const std::uint64_t size = number();
  if (!ok()) return {};
  if (size > bytes_.size() - at_) return refuse("a text of " + std::to_string(size) + " bytes goes beyond its end", began), std::string_view{};
  const std::string_view out = bytes_.substr(at_, static_cast<std::size_t>(size));
  at_ += static_cast<std::size_t>(size);
  return out;
}

std::string_view Thrift::binary(const Field& field) {
  if (field.type == Type::binary) return binary();
  refuse("field " + std::to_string(field.id) + " is no text");
  return {};
}

bool Thrift::boolean(const Field& field) {
  if (field.type != Type::yes && field.type != Type::no) refuse("field " + std::to_string(field.id) + " is neither true nor false");
  return field.type == Type::yes;
}

void Thrift::structure(const std::function<bool(const Field&)>& each) {
  if (++depth_ > most_depth) refuse("structures stand more than " + std::to_string(most_depth) + " deep in each other");
  structure_of(each);
  --depth_;
}

void Thrift::structure_of(const std::function<bool(const Field&)>& each) {
  std::int16_t last = 0;
  while (ok()) {
    const std::size_t began = at_;
    const std::uint8_t head = byte();
    if (!ok() || head == 0) return;
    const std::uint8_t type = head & 0x0F;
    if (type == 0 || type > static_cast<std::uint8_t>(Type::uuid)) return refuse("a field is of the type " + std::to_string(type) + ", which does not exist,", began);
    const std::int64_t id = head >> 4 == 0 ? integer() : last + (head >> 4);
    if (id < -32768 || id > 32767) return refuse("a field has the number " + std::to_string(id), began);
    last = static_cast<std::int16_t>(id);
    const Field field{last, static_cast<Type>(type)};
    if (!each(field)) skip(field.type, false);
  }
}

void Thrift::list(const Field& field, Type element, const std::function<void()>& each) {
  if (field.type != Type::list && field.type != Type::set) return refuse("field " + std::to_string(field.id) + " is no list");
  const std::size_t began = at_;
  const std::uint8_t head = byte();
  const std::uint64_t count = head >> 4 == 15 ? number() : head >> 4;
  const auto type = static_cast<Type>(head & 0x0F);
  if (!ok()) return;
  // Every element takes a byte at least.
  if (count > bytes_.size() - at_) return refuse("a list claims " + std::to_string(count) + " elements, more than there are bytes,", began);
  if (count > 0 && type != element) return refuse("a list holds elements of another type than it should", began);
  if (++depth_ > most_depth) refuse("structures stand more than " + std::to_string(most_depth) + " deep in each other");
  for (std::uint64_t i = 0; i < count && ok(); ++i) each();
  --depth_;
}

void Thrift::skip(Type type, bool element) {
  if (!ok()) return;
  switch (type) {
    case Type::stop: return;
    case Type::yes:
    case Type::no:
      if (element) static_cast<void>(byte());
      return;
    case Type::i8: static_cast<void>(byte()); return;
    case Type::i16:
    case Type::i32:
    case Type::i64: static_cast<void>(number()); return;
    case Type::real:
    case Type::uuid: {
      const std::size_t size = type == Type::real ? 8 : 16;
      if (size > bytes_.size() - at_) return refuse("a structure breaks off");
      at_ += size;
      return;
    }
    case Type::binary: static_cast<void>(binary()); return;
    case Type::structure: return structure([](const Field&) { return false; });
    case Type::list:
    case Type::set:
    case Type::map: break;
  }
  if (++depth_ > most_depth) return refuse("structures stand more than " + std::to_string(most_depth) + " deep in each other");
  const std::size_t began = at_;
  Type first = Type::stop, second = Type::stop;
  std::uint64_t count = 0;
  if (type == Type::map) {
    count = number();
    if (count > 0) {
      const std::uint8_t types = byte();
      first = static_cast<Type>(types >> 4);
      second = static_cast<Type>(types & 0x0F);
    }
  } else {
    const std::uint8_t head = byte();
    count = head >> 4 == 15 ? number() : head >> 4;
    first = static_cast<Type>(head & 0x0F);
  }
  const auto real = [](Type t) { return t != Type::stop && t <= Type::uuid; };
  if (ok() && count > 0 && (count > bytes_.size() - at_ || !real(first) || (type == Type::map && !real(second))))
    refuse("a list of " + std::to_string(count) + " elements cannot be", began);
  for (std::uint64_t i = 0; i < count && ok(); ++i) {
    skip(first, true);
    if (type == Type::map) skip(second, true);
  }
  --depth_;
}

}  // namespace duolex::threats::parquet
