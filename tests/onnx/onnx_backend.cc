// Runs the test vectors that ONNX keeps for those who implement it, as Debian's libonnx-testdata installs them:
//
//     onnx_backend FOLDER AT_LEAST [--list]
//
// Every model either gives the stored results, or says "not tested: operator X", or is wrong. It fails when one is wrong
// or fewer than AT_LEAST passed; without the folder it says so and exits with 77. Results are compared as ONNX's own
// runner does: floating numbers to a relative 1e-3 and an absolute 1e-7, all others exactly.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>

#include "base/diagnostic.h"
#include "tensor/evaluate.h"
#include "tensor/numbers.h"

namespace {

using namespace duolex;
using namespace duolex::tensor;
namespace fs = std::filesystem;

std::string slurp(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream all;
  all << in.rdbuf();
  return all.str();
}

bool close(double got, double wanted) {
  if (std::isnan(wanted)) return std::isnan(got);
  if (std::isinf(wanted)) return got == wanted;
  return std::fabs(got - wanted) <= 1e-7 + 1e-3 * std::fabs(wanted);
}

std::string difference(const Datum& got, const Datum& wanted) {
  if (got.kind != wanted.kind) return "another kind of value";
  if (got.kind != Datum::Kind::tensor) {
    if (got.parts.size() != wanted.parts.size()) return std::to_string(got.parts.size()) + " parts, not " + std::to_string(wanted.parts.size());
    for (std::size_t i = 0; i < got.parts.size(); ++i)
      if (std::string d = difference(got.parts[i], wanted.parts[i]); !d.empty()) return d;
    return {};
  }
  const Tensor& a = *got.tensor;
  const Tensor& b = *wanted.tensor;
  if (a.type != b.type) return std::string("type ") + name_of(a.type) + ", not " + name_of(b.type);
  if (a.shape != b.shape) return "shape " + to_string(a.shape) + ", not " + to_string(b.shape);
  if (a.type == Type::string) return a.strings == b.strings ? "" : "other strings";
  for (std::size_t i = 0; i < a.elements(); ++i)
    if (is_floating(a.type) ? !close(a.number(i), b.number(i)) : a.integer(i) != b.integer(i))
      return "element " + std::to_string(i) + " is " + std::to_string(a.number(i)) + ", not " + std::to_string(b.number(i));
  return {};
}

Datum::Kind kind_of(const ValueInfo& v) {
  return v.kind == ValueKind::sequence ? Datum::Kind::sequence : v.kind == ValueKind::optional ? Datum::Kind::optional : Datum::Kind::tensor;
}

// bfloat16 is stored as the whole numbers that its bits are.
void as_declared(Datum& value, const ValueInfo& declared) {
  if (declared.type != Type::bf16 || value.kind != Datum::Kind::tensor || value.tensor->type != Type::u16) return;
  Tensor t = *value.tensor;
  t.type = Type::bf16;
  value = datum(std::move(t));
}

// What the result of one stored run is: empty when it is as wanted.
std::string run(const Model& model, const fs::path& data) {
  std::map<std::string, Datum> inputs;
  for (std::size_t i = 0; i < model.graph.inputs.size(); ++i) {
    const fs::path path = data / ("input_" + std::to_string(i) + ".pb");
    if (!fs::exists(path)) return "not tested: no stored value for input " + std::to_string(i);
    auto value = read_onnx_datum(path.string(), slurp(path), kind_of(model.graph.inputs[i]));
    if (!value) return render(value.error());
    as_declared(*value, model.graph.inputs[i]);
    inputs.insert_or_assign(model.graph.inputs[i].name, std::move(*value));
  }
  const auto outputs = evaluate(model, inputs);
  if (!outputs) return outputs.error().front().message;
  for (std::size_t i = 0; i < outputs->size(); ++i) {
    const fs::path path = data / ("output_" + std::to_string(i) + ".pb");
    if (!fs::exists(path)) continue;
    auto wanted = read_onnx_datum(path.string(), slurp(path), kind_of(model.graph.outputs[i]));
    if (!wanted) return render(wanted.error());
    as_declared(*wanted, model.graph.outputs[i]);
    if (const std::string d = difference((*outputs)[i], *wanted); !d.empty()) return "output " + std::to_string(i) + ": " + d;
  }
  return {};
}

std::string test(const fs::path& folder) {
  const auto model = read_onnx((folder / "model.onnx").string(), slurp(folder / "model.onnx"));
  if (!model) return model.error().front().message;
  std::size_t runs = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (!entry.is_directory()) continue;
    ++runs;
    if (std::string result = run(*model, entry.path()); !result.empty()) return result;
  }
  return runs == 0 ? "not tested: no stored run" : "";
}

// "not tested: operator X: why (node …)" by its operator and reason.
std::string reason(std::string message) {
  message.erase(0, std::string("not tested: ").size());
  if (const std::size_t node = message.find(" (node "); node != std::string::npos) message.erase(node);
  return message;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 64;
  const fs::path root = argv[1];
  if (!fs::exists(root / "node")) {
    std::cout << "SKIPPED, nothing was checked: the test vectors of ONNX (package libonnx-testdata) are not at " << root.string() << "\n";
    return 77;
  }
  std::vector<fs::path> folders;
  for (const char* set : {"node", "pytorch-converted", "pytorch-operator", "simple"})
    for (const auto& entry : fs::directory_iterator(root / set))
      if (fs::exists(entry.path() / "model.onnx")) folders.push_back(entry.path());
  std::sort(folders.begin(), folders.end());
  std::size_t passed = 0, wrong = 0;
  std::map<std::string, std::vector<std::string>> unsupported;
  for (const fs::path& folder : folders) {
    const std::string result = test(folder);
    const std::string name = folder.filename().string();
    if (result.empty()) ++passed;
    else if (result.starts_with("not tested: ")) unsupported[reason(result)].push_back(name);
    else {
      ++wrong;
      std::cout << "WRONG " << name << ": " << result << "\n";
    }
  }
  std::size_t missing = 0;
  for (const auto& [why, names] : unsupported) {
    missing += names.size();
    std::cout << "unsupported " << names.size() << ": " << why;
    for (const std::string& n : names) std::cout << " " << n;
    std::cout << "\n";
  }
  const auto least = static_cast<std::size_t>(std::strtoul(argv[2], nullptr, 10));
  std::cout << folders.size() << " models: " << passed << " passed, " << missing << " unsupported, " << wrong << " wrong; at least " << least << " have to pass\n";
  return wrong == 0 && passed >= least ? 0 : 1;
}
