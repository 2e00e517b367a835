#include "tensor/onnx_reader.h"

namespace duolex::tensor {
namespace {

// What the bytes of a message are, as far as tensors lie within.
enum class Part { model, graph, function, node, attribute, tensor, other };

Part part_of(Part whole, std::uint32_t number) {
  switch (whole) {
    case Part::model: return number == 7 ? Part::graph : number == 25 ? Part::function : Part::other;
    case Part::graph: return number == 1 ? Part::node : number == 5 ? Part::tensor : Part::other;
    case Part::function: return number == 7 ? Part::node : Part::other;
    case Part::node: return number == 5 ? Part::attribute : Part::other;
    case Part::attribute: return number == 5 || number == 10 ? Part::tensor : number == 6 || number == 11 ? Part::graph : Part::other;
    case Part::tensor:
    case Part::other: return Part::other;
  }
  return Part::other;
}

bool lies_outside(std::string_view tensor) {
  Message message(tensor, 0);
  bool outside = false;
  while (const auto field = message.next())
    if (field->number == 14 && field->wire == 0) outside = field->value == 1;
  return outside;
}

void put_varint(std::string& out, std::uint64_t value) {
  for (; value >= 128; value >>= 7) out.push_back(static_cast<char>(value | 128));
  out.push_back(static_cast<char>(value));
}
void put_bytes(std::string& out, std::uint32_t number, std::string_view bytes) {
  put_varint(out, std::uint64_t{number} << 3 | 2);
  put_varint(out, bytes.size());
  out.append(bytes);
}

class Embedder {
 public:
  Embedder(OnnxReader& reader, const Limits& limits, std::size_t size) : reader_(reader), limits_(limits), size_(size) {}

  // Whether any tensor lies outside; nothing of what is no message, which the reader says better.
  [[nodiscard]] bool any(Part part, std::string_view bytes, std::size_t depth) const {
    if (part == Part::tensor) return lies_outside(bytes);
    if (depth > deepest()) return false;
    Message message(bytes, 0);
    while (const auto field = message.next()) {
      const Part inner = part_of(part, field->number);
      if (inner != Part::other && field->wire == 2 && any(inner, field->bytes, depth + 1)) return true;
    }
    return false;
  }

  bool write(Part part, std::string_view bytes, std::size_t offset, std::size_t depth, std::string& out) {
    if (depth > deepest()) return reader_.fail(offset, "graphs within graphs, more than " + std::to_string(limits_.depth) + " deep");
    Message message(bytes, offset);
    while (const auto field = message.next()) {
      const Part inner = part_of(part, field->number);
      if (inner == Part::other || field->wire != 2) {
        out.append(bytes.substr(field->offset - offset, message.position() - field->offset));
        continue;
      }
      std::string within;
      if (inner != Part::tensor) {
        if (!write(inner, field->bytes, field->content, depth + 1, within)) return false;
      } else if (!lies_outside(field->bytes)) {
        within = field->bytes;
      } else if (!tensor(field->bytes, field->content, within)) {
        return false;
      }
      put_bytes(out, field->number, within);
    }
    return reader_.ended(message);
  }

 private:
  [[nodiscard]] std::size_t deepest() const { return 3 * limits_.depth + 3; }  // graph, node, attribute and again

  bool tensor(std::string_view bytes, std::size_t offset, std::string& out) {
    Tensor t;
    std::string name;
    if (!reader_.tensor(bytes, offset, t, name)) return false;
    if (t.bytes.size() > limits_.bytes || (size_ += t.bytes.size()) > limits_.bytes)
      return reader_.fail(offset, "the model and its weights in other files are larger than " + std::to_string(limits_.bytes) + " bytes");
    Message message(bytes, offset);
    while (const auto field = message.next())
      if (field->number != 9 && field->number != 13 && field->number != 14) out.append(bytes.substr(field->offset - offset, message.position() - field->offset));
    put_bytes(out, 9, t.bytes);
    return true;
  }

  OnnxReader& reader_;
  const Limits& limits_;
  std::size_t size_;
};

}  // namespace

Result<std::string> with_weights_inside(const std::string& file, std::string_view bytes, const ExternalData& external, const Limits& limits) {
  OnnxReader reader(file, limits, external);
  Embedder embedder(reader, limits, bytes.size());
  std::string out;
  if (!embedder.any(Part::model, bytes, 0)) return std::string(bytes);
  if (!embedder.write(Part::model, bytes, 0, 0, out)) return failure(reader.errors());
  return out;
}

}  // namespace duolex::tensor
