// A process that asks a black box on behalf of an attack: a command that reads and writes, an HTTP endpoint on this
// machine, or the user's own ONNX Runtime, which it loads after it has left network and files behind. The attack itself runs in a process without network or programs (confined.h) and reaches the black box
// through two pipes alone.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "threats/evasion/asked_target.h"
#include "workspace/system/answer_clock.h"

namespace duolex::workspace {

struct BlackBox {
  enum class Kind { command, http, runtime } kind = Kind::command;
  std::string where;     // the command, for sh -c; http://127.0.0.1:PORT/PATH; or a libonnxruntime.so
  bool npy = false;      // else JSON
  std::string model{};   // of a runtime: the bytes of the ONNX model, its weights inside
  tensor::Shape row{};   // likewise: the shape of one row
  std::vector<std::pair<std::string, double>> fixed{};  // likewise: further inputs, each filled with one number
  std::string output{};  // likewise: the one that decides, "" for the first of numbers
  threats::evasion::Form form{};
  double answer_seconds = default_answer_seconds;  // how long one answer may take; then nothing is asked any more
};

// "command:…" or "http://…"; nothing for a file. An address beyond this machine is an error.
[[nodiscard]] Result<std::optional<BlackBox>> black_box_named(const std::string& model);

// JSON: one line {"inputs": [[numbers of a row], …], "shape": [rows, …]}, answered by one line {"outputs": [[…], …]}.
// NPY: one array of f4 with the shape, answered by one array of f4 or f8, first dimension the rows. HTTP: a POST of the
// same, answered by either.
class Relay {
 public:
  [[nodiscard]] static Result<std::unique_ptr<Relay>> start(const BlackBox& box);
  // The version that a runtime says it is, "" of others.
  [[nodiscard]] const std::string& version() const { return version_; }
  ~Relay();  // ends the process, and with it the command
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;
  // May be called in a child of the caller, by one thread at a time.
  [[nodiscard]] Result<std::vector<float>> ask(const std::vector<float>& rows, std::size_t n) const;

 private:
  Relay(int to, int from, int process, double answer_seconds) : to_(to), from_(from), process_(process), answer_seconds_(answer_seconds) {}
  int to_, from_, process_;
  double answer_seconds_;
  mutable bool late_ = false;
  std::string version_{};
};

}  // namespace duolex::workspace
