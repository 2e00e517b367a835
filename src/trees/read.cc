#include "trees/ensemble.h"

namespace duolex::trees {
namespace {

std::size_t first_mark(const std::string& bytes) { return bytes.find_first_not_of(" \t\r\n"); }

bool is_json(const std::string& bytes) {
  const std::size_t at = first_mark(bytes);
  return at != std::string::npos && bytes[at] == '{';
}

bool is_lightgbm(const std::string& bytes) { return bytes.starts_with("tree\n") || bytes.starts_with("tree\r\n"); }

}  // namespace

bool looks_like_trees(const std::string& bytes) {
  return is_json(bytes) || is_lightgbm(bytes) || bytes.find("TreeEnsemble") != std::string::npos;
}

Result<Ensemble> read_ensemble(const std::string& file, const std::string& bytes, const Limits& limits) {
  if (is_lightgbm(bytes)) return read_lightgbm(file, bytes, limits);
  if (is_json(bytes)) return read_xgboost(file, bytes, limits);
  return read_onnx_trees(file, bytes, limits);
}

}  // namespace duolex::trees
