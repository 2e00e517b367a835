#include <bit>

#include "tensor/onnx_reader.h"

namespace duolex::tensor {

namespace {

void append(std::string& bytes, std::uint64_t value, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) bytes.push_back(static_cast<char>((value >> (8 * i)) & 255));
}

// The field of TensorProto that carries a type's values when they are not raw.
std::uint32_t typed_field(Type type) {
  switch (type) {
    case Type::f32: return 4;
    case Type::i32: case Type::u8: case Type::i8: case Type::u16: case Type::i16:
    case Type::boolean: case Type::f16: case Type::bf16: return 5;
    case Type::string: return 6;
    case Type::i64: return 7;
    case Type::f64: return 10;
    case Type::u32: case Type::u64: return 11;
    case Type::undefined: return 0;
  }
  return 0;
}

}  // namespace

// The values of one float_data, int32_data, … field, packed or single, appended as little-endian elements.
bool OnnxReader::typed_values(const Field& field, Type type, std::string& bytes) {
  const std::size_t size = size_of(type);
  if (field.wire == 5 || field.wire == 1) {
    bytes.append(field.bytes);
    return true;
  }
  if (field.wire == 0) {
    append(bytes, field.value, size);
    return true;
  }
  if (field.number == 4 || field.number == 10) {
    const std::size_t width = field.number == 4 ? 4 : 8;
    if (field.bytes.size() % width != 0) return fail(field.content, "packed numbers that do not fill whole elements");
    bytes.append(field.bytes);
    return true;
  }
  for (std::size_t at = 0; at < field.bytes.size();) {
    const auto value = read_varint(field.bytes, at);
    if (!value) return fail(field.content + at, "a packed number is cut off or too long");
    append(bytes, *value, size);
  }
  return true;
}

bool OnnxReader::external_entry(std::string_view bytes, std::size_t offset, External& external) {
  Message message(bytes, offset);
  std::string key, value;
  while (const auto field = message.next()) {
    if (field->number == 1 && field->wire == 2) key = field->bytes;
    if (field->number == 2 && field->wire == 2) value = field->bytes;
  }
  if (!ended(message)) return false;
  const auto number = [&](std::uint64_t& into) {
    into = 0;
    for (const char c : value) {
      if (c < '0' || c > '9' || into > (std::uint64_t{1} << 50)) return fail(offset, "'" + value + "' is no offset or length of external data");
      into = into * 10 + static_cast<std::uint64_t>(c - '0');
    }
    return true;
  };
  if (key == "location") external.location = value;
  if (key == "offset") return number(external.offset);
  if (key == "length") return number(external.length);
  return true;
}

bool OnnxReader::load_external(const External& external, std::size_t offset, std::size_t wanted, std::string& bytes) {
  if (!stays_inside(external.location))
    return fail(offset, "external data '" + external.location + "' lies outside of the model's folder");
  if (!external_) return fail(offset, "external data '" + external.location + "' is not read here");
  const auto data = external_(external.location);
  if (!data) return fail(offset, data.error().front().message);
  if (external.offset > data->size() || wanted > data->size() - external.offset || (external.length != 0 && external.length != wanted))
    return fail(offset, "external data '" + external.location + "' does not hold the bytes that the shape asks for");
  bytes = data->substr(external.offset, wanted);
  return true;
}

bool OnnxReader::tensor(std::string_view bytes, std::size_t offset, Tensor& tensor, std::string& name) {
  Message message(bytes, offset);
  External external;
  bool is_external = false, is_raw = false;
  std::int64_t type = 0;
  std::optional<Field> raw;
  std::vector<Field> typed;
  while (const auto field = message.next()) {
    if (!count(field->offset, 4)) return false;
    switch (field->number) {
      case 1:
        if (!integers(*field, tensor.shape)) return false;
        if (tensor.shape.size() > limits_.rank) return fail(field->offset, "a tensor of more than " + std::to_string(limits_.rank) + " dimensions");
        break;
      case 2: type = static_cast<std::int64_t>(field->value); break;
      case 3: return fail(field->offset, "a tensor in segments, which nothing reads");
      case 4: case 5: case 6: case 7: case 10: case 11: typed.push_back(*field); break;
      case 8: name = field->bytes; break;
      case 9: raw = *field; is_raw = field->wire == 2; break;
      case 13:
        if (!external_entry(field->bytes, field->content, external)) return false;
        break;
      case 14: is_external = field->value == 1; break;
      default: break;
    }
  }
  if (!ended(message)) return false;
  if (type < 1 || type > 16 || type == 14 || type == 15)
    return fail(offset, "a tensor of element type " + std::to_string(type) + ", which is not supported");
  tensor.type = static_cast<Type>(type);
  const auto elements = element_count(tensor.shape, limits_.tensor_bytes);
  if (!elements || *elements * std::max<std::size_t>(1, size_of(tensor.type)) > limits_.tensor_bytes)
    return fail(offset, "a tensor of shape " + to_string(tensor.shape) + " is too large");
  const std::size_t wanted = *elements * size_of(tensor.type);
  if (is_external && tensor.type == Type::string) return fail(offset, "strings cannot lie in another file");
  if (is_external) return load_external(external, offset, wanted, tensor.bytes);
  if (is_raw) {
    if (tensor.type == Type::string) return fail(raw->offset, "strings cannot be raw data");
    if (raw->bytes.size() != wanted)
      return fail(raw->offset, std::to_string(raw->bytes.size()) + " bytes of data for shape " + to_string(tensor.shape) + " of " +
                                   name_of(tensor.type) + ", which takes " + std::to_string(wanted));
    tensor.bytes = raw->bytes;
    return true;
  }
  for (const Field& field : typed) {
    if (field.number != typed_field(tensor.type)) return fail(field.offset, std::string("values of another type than ") + name_of(tensor.type));
    if (tensor.type == Type::string) {
      if (field.wire != 2) return fail(field.offset, "a string that is none");
      tensor.strings.emplace_back(field.bytes);
    } else if (!typed_values(field, tensor.type, tensor.bytes)) {
      return false;
    }
  }
  if (tensor.type == Type::string ? tensor.strings.size() != *elements : tensor.bytes.size() != wanted)
    return fail(offset, "the values of a tensor do not fill its shape " + to_string(tensor.shape));
  return true;
}

}  // namespace duolex::tensor
