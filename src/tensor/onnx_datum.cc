// Sequences and optional values as they are stored beside a model.
#include "tensor/evaluate.h"
#include "tensor/onnx_reader.h"

namespace duolex::tensor {

namespace {

// SequenceProto and OptionalProto name their fields alike: 2 what is inside, 3 tensors, 5 sequences, 7 optional values.
bool read(OnnxReader& reader, std::string_view bytes, std::size_t offset, Datum::Kind kind, std::size_t depth, Datum& result) {
  if (depth == 0) return reader.fail(offset, "values within values, too deep");
  result.kind = kind;
  if (kind == Datum::Kind::tensor) {
    Tensor t;
    std::string name;
    if (!reader.tensor(bytes, offset, t, name)) return false;
    result = datum(std::move(t));
    return true;
  }
  Message message(bytes, offset);
  while (const auto field = message.next()) {
    if (field->number == 4 || field->number == 6) return reader.fail(field->offset, "a sparse tensor or a map, which is not supported");
    if (field->wire != 2 || (field->number != 3 && field->number != 5 && field->number != 7)) continue;
    const auto inner = field->number == 3 ? Datum::Kind::tensor : field->number == 5 ? Datum::Kind::sequence : Datum::Kind::optional;
    if (!read(reader, field->bytes, field->content, inner, depth - 1, result.parts.emplace_back())) return false;
  }
  if (kind == Datum::Kind::optional && result.parts.size() > 1) return reader.fail(offset, "an optional value with more than one element");
  return message.error().empty() || reader.fail(message.error_offset(), message.error());
}

}  // namespace

Result<Datum> read_onnx_datum(const std::string& file, std::string_view bytes, Datum::Kind kind, const Limits& limits) {
  const ExternalData none;
  OnnxReader reader(file, limits, none);
  Datum result;
  if (!read(reader, bytes, 0, kind, limits.depth, result)) return failure(reader.errors());
  return result;
}

}  // namespace duolex::tensor
