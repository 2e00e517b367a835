#include <algorithm>
#include <charconv>
#include <iterator>
#include <limits>
#include <map>
#include <set>
#include <vector>

#include "tensor/onnx.h"
#include "threats/model_files/protobuf.h"
#include "threats/model_files/readers.h"

namespace duolex::threats::model_files {
namespace {

constexpr unsigned most_depth = 64;             // of graphs in graphs
constexpr std::size_t most_messages = 5'000'000;
constexpr std::size_t most_neighbours = 1000;   // files that weights lie in

// What the bytes of a message are.
enum class Part { model, graph, node, attribute, tensor, function, sparse_tensor, training };

struct Open {
  Part part;
  std::string_view bytes;
  std::size_t at;
  unsigned depth;
};

class OnnxScan {
 public:
  explicit OnnxScan(Scan& scan) : scan_(scan) {}

  void run(std::string_view bytes) {
    std::vector<Open> open = {{Part::model, bytes, 0, 0}};
    std::size_t messages = 0;
    while (!open.empty()) {
      const Open o = open.back();
      open.pop_back();
      if (++messages > most_messages) return refuse("holds more than " + std::to_string(most_messages) + " parts", o.at);
      if (o.depth > most_depth) return refuse("graphs are nested more than " + std::to_string(most_depth) + " deep", o.at);
      if (!look(o, open)) return;
    }
    for (const auto& [domain, where] : domains_)
      if (!own_functions_.contains(domain)) foreign_domain(domain, where);
  }

 private:
  void refuse(const std::string& what, std::size_t at) { scan_.found(Verdict::unreadable, what, at); }

  bool look(const Open& o, std::vector<Open>& open) {
    Fields fields(o.bytes, o.at);
    Field f;
    Tensor tensor;
    std::string_view op, domain;
    const auto into = [&](Part part) { open.push_back({part, f.bytes, fields.bytes_at(f), o.depth + 1}); };
    while (fields.next(f)) {
      const bool bytes = f.type == 2;
      switch (o.part) {
        case Part::model:
          if (bytes && f.number == 7) into(Part::graph);
          if (bytes && f.number == 20) into(Part::training);
          if (bytes && f.number == 25) into(Part::function);
          break;
        case Part::training:
          if (bytes && (f.number == 1 || f.number == 2)) into(Part::graph);
          break;
        case Part::graph:
          if (bytes && f.number == 1) into(Part::node);
          if (bytes && f.number == 5) into(Part::tensor);
          if (bytes && f.number == 15) into(Part::sparse_tensor);
          break;
        case Part::function:
          if (bytes && f.number == 7) into(Part::node);
          if (bytes && f.number == 10) own_functions_.emplace(f.bytes.substr(0, 200));
          break;
        case Part::node:
          if (bytes && f.number == 4) op = f.bytes;
          if (bytes && f.number == 7) domain = f.bytes;
          if (bytes && f.number == 5) into(Part::attribute);
          break;
        case Part::attribute:
          if (bytes && (f.number == 5 || f.number == 10)) into(Part::tensor);
          if (bytes && (f.number == 6 || f.number == 11)) into(Part::graph);
          if (bytes && (f.number == 22 || f.number == 23)) into(Part::sparse_tensor);
          break;
        case Part::sparse_tensor:
          if (bytes && (f.number == 1 || f.number == 2)) into(Part::tensor);
          break;
        case Part::tensor: tensor_field(f, fields, tensor); break;
      }
    }
    if (fields.broken()) return refuse("is no ONNX: the bytes are no fields", fields.at()), false;
    if (o.part == Part::node) note_domain(domain, op, o.at);
    if (o.part == Part::tensor) check(tensor, o.at);
    return true;
  }

  struct Tensor {
    bool fits = true;
    std::uint64_t elements = 1, raw = 0, type = 0;
    bool has_raw = false;
    std::optional<std::string> location{};  // of weights in another file
    std::size_t named_at = 0;
    std::uint64_t offset = 0, length = 0;
  };

  void tensor_field(const Field& f, const Fields& fields, Tensor& t) {
    const auto dimension = [&t](std::uint64_t n) { t.fits = t.fits && n >> 63 == 0 && product(t.elements, n, t.elements) && t.elements >> 62 == 0; };
    if (f.number == 1 && f.type == 0) dimension(f.value);
    if (f.number == 1 && f.type == 2) {
      Cursor packed{f.bytes};
      while (packed.left() > 0) {
        std::uint64_t n = 0;
        unsigned shift = 0;
        std::uint8_t b = 0x80;
        while ((b & 0x80U) != 0 && shift < 64 && packed.number(b)) {
          n |= std::uint64_t{b & 0x7FU} << shift;
          shift += 7;
        }
        dimension(n);
      }
    }
    if (f.number == 2 && f.type == 0) t.type = f.value;
    if (f.number == 9 && f.type == 2) {
      t.raw = f.bytes.size();
      t.has_raw = true;
    }
    if (f.number == 13 && f.type == 2) external(f.bytes, fields.bytes_at(f), t);
  }

  void check(const Tensor& t, std::size_t at) {
    if (!t.fits) return refuse("a tensor has more elements than 64 bits count", at);
    static constexpr unsigned char sizes[] = {0, 4, 1, 1, 2, 2, 4, 8, 0, 1, 2, 8, 4, 8, 8, 16, 2};
    const std::uint64_t size = t.type < sizeof sizes ? sizes[t.type] : 0;
    if (t.has_raw && size > 0 && t.elements * size != t.raw)
      refuse("a tensor of " + std::to_string(t.elements) + " elements holds " + std::to_string(t.raw) + " bytes", at);
    if (t.location) check_outside(t, t.length != 0 ? t.length : t.elements * size);
  }

  // Weights in another file: where it lies, by the rule of those who read it (tensor/onnx.h).
  static void external(std::string_view entry, std::size_t at, Tensor& t) {
    Fields fields(entry);
    Field f;
    std::string_view key, value;
    while (fields.next(f)) {
      if (f.type == 2 && f.number == 1) key = f.bytes;
      if (f.type == 2 && f.number == 2) value = f.bytes;
    }
    const auto number = [value] {
      std::uint64_t n = 0;
      const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), n);
      return error == std::errc() && end == value.data() + value.size() ? n : std::numeric_limits<std::uint64_t>::max();
    };
    if (key == "location") {
      t.location = value.substr(0, 8192);
      t.named_at = at;
    }
    if (key == "offset") t.offset = number();
    if (key == "length") t.length = number();
  }

  void check_outside(const Tensor& t, std::uint64_t size) {
    const std::string shown = t.location->substr(0, 200);
    const auto way_out = [&](const char* how) { scan_.found(Verdict::suspicious, how, t.named_at, shown); };
    if (!tensor::stays_inside(*t.location)) return way_out("loading it reads a file outside the model's folder");
    auto known = neighbours_.find(*t.location);
    if (known == neighbours_.end()) {
      if (neighbours_.size() >= most_neighbours) return scan_.not_checked("weights in more than " + std::to_string(most_neighbours) + " files");
      known = neighbours_.emplace(*t.location, scan_.neighbour(*t.location)).first;
      if (!known->second) scan_.not_checked("the weights in '" + shown + "'");
      else if (known->second->state == Neighbour::State::absent) scan_.not_checked("the weights in '" + shown + "', which is not there");
      else if (known->second->state == Neighbour::State::outside) way_out("loading it follows a link to a file outside the model's folder");
    }
    if (!known->second || known->second->state != Neighbour::State::there) return;
    if (t.offset > known->second->size || size > known->second->size - t.offset)
      refuse("the weights in '" + shown + "' end at byte " + std::to_string(known->second->size) + ", before what a tensor takes from there", t.named_at);
  }

  void note_domain(std::string_view domain, std::string_view op, std::size_t at) {
    static constexpr std::string_view standard[] = {"", "ai.onnx", "ai.onnx.ml", "ai.onnx.training", "ai.onnx.preview.training", "ai.onnx.preview"};
    if (std::find(std::begin(standard), std::end(standard), domain) != std::end(standard)) return;
    if (op == "PyOp" || op == "PyCustomOp" || op == "PythonOp" || op == "PythonOpGrad") {
      scan_.found(Verdict::executes_code, "an operator runs Python code", at, std::string(domain.substr(0, 100)) + "." + std::string(op));
      return;
    }
    if (domains_.size() < 100) domains_.emplace(std::string(domain.substr(0, 200)), std::make_pair(at, std::string(op.substr(0, 100))));
  }

  void foreign_domain(const std::string& domain, const std::pair<std::size_t, std::string>& where) {
    // Runtimes ship these with themselves.
    if (domain.starts_with("com.microsoft") || domain == "org.pytorch.aten" || domain.starts_with("pkg.onnxscript") || domain == "com.ms.internal.nhwc") {
      scan_.not_checked("the operators of '" + domain + "', such as " + where.second);
      return;
    }
    scan_.found(Verdict::suspicious, "needs operators from a library outside ONNX: domain '" + domain + "'", where.first, domain + "." + where.second);
  }

  Scan& scan_;
  std::map<std::string, std::pair<std::size_t, std::string>> domains_;
  std::set<std::string> own_functions_;
  std::map<std::string, std::optional<Neighbour>> neighbours_;
};

}  // namespace

void scan_onnx(Scan& scan, std::string_view bytes) {
  scan.kind("ONNX");
  OnnxScan(scan).run(bytes);
}

}  // namespace duolex::threats::model_files
