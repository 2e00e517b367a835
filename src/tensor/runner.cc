#include <algorithm>
#include <atomic>
#include <thread>

#include "tensor/network.h"
#include "tensor/step.h"

namespace duolex::tensor {

template <class T>
Runner<T>::Runner(const Network& network, InstructionSet set)
    : network_(network), set_(set), frame_(network.program().compact_frame * lanes), scratch_(network.program().scratch * lanes) {}

template <class T>
const T* Runner<T>::value(std::size_t value) const {
  return frame_.data() + places()[value].offset * lanes;
}

template <class T>
const std::vector<Value>& Runner<T>::places() const {
  return keeps_ ? network_.program().values : network_.program().compact;
}

// A block that is not full repeats its last sample, so that no lane computes on leftovers.
template <class T>
void Runner<T>::load(const T* x, std::size_t n) {
  const std::size_t features = network_.inputs();
  T* const to = frame_.data() + places().front().offset * lanes;
  for (std::size_t c = 0; c < lanes; ++c) {
    const T* const from = x + std::min(c, n - 1) * features;
    for (std::size_t f = 0; f < features; ++f) to[f * lanes + c] = from[f];
  }
}

template <class T>
void Runner<T>::run_forward() {
  const Block<T> block{kernels<T>(set_), scratch_.data()};
  for (const Step& step : network_.program().steps) tensor::forward(step, places(), block, frame_.data());
}

template <class T>
void Runner<T>::run_backward() {
  const Program& program = network_.program();
  const Block<T> block{kernels<T>(set_), scratch_.data()};
  if (program.steps.empty()) return;
  for (std::size_t i = program.steps.size(); i-- > 0;) tensor::backward(program.steps[i], program.values, program.compact, block, frame_.data(), gradient_.data());
}

template <class T>
void Runner<T>::forward(const T* x, std::size_t n, T* y) {
  const std::size_t in = network_.inputs(), out = network_.outputs();
  for (std::size_t begin = 0; begin < n; begin += lanes) {
    const std::size_t count = std::min(lanes, n - begin);
    load(x + begin * in, count);
    run_forward();
    const T* const from = value(network_.program().output);
    for (std::size_t c = 0; c < count; ++c)
      for (std::size_t f = 0; f < out; ++f) y[(begin + c) * out + f] = from[f * lanes + c];
  }
}

template <class T>
void Runner<T>::gradients(const T* x, std::size_t n, T* y, std::size_t count, const Cotangents& cotangents, T* gx) {
  const Program& program = network_.program();
  const std::size_t in = network_.inputs(), out = network_.outputs();
  if (!keeps_) {  // from the first gradient on all values stay
    keeps_ = true;
    frame_.assign(program.frame * lanes, 0);
    gradient_.resize(program.compact_frame * lanes);
  }
  std::vector<T> result(out), directions(lanes * count * out);
  for (std::size_t begin = 0; begin < n; begin += lanes) {
    const std::size_t size = std::min(lanes, n - begin);
    load(x + begin * in, size);
    run_forward();
    std::fill(directions.begin(), directions.end(), T{0});
    const T* const from = value(program.output);
    for (std::size_t c = 0; c < size; ++c) {
      for (std::size_t f = 0; f < out; ++f) result[f] = from[f * lanes + c];
      if (y != nullptr) std::copy(result.begin(), result.end(), y + (begin + c) * out);
      cotangents(begin + c, result.data(), directions.data() + c * count * out);
    }
    T* const seed = gradient_.data() + program.compact[program.output].offset * lanes;
    const T* const back = gradient_.data() + program.compact.front().offset * lanes;
    for (std::size_t d = 0; d < count; ++d) {
      // The gradient of an input that no step uses stays as it is.
      if (program.output != 0) std::fill_n(gradient_.begin() + static_cast<std::ptrdiff_t>(program.compact.front().offset * lanes), in * lanes, T{0});
      for (std::size_t c = 0; c < lanes; ++c)
        for (std::size_t f = 0; f < out; ++f) seed[f * lanes + c] = directions[(c * count + d) * out + f];
      run_backward();
      for (std::size_t c = 0; c < size; ++c)
        for (std::size_t f = 0; f < in; ++f) gx[((begin + c) * count + d) * in + f] = back[f * lanes + c];
    }
  }
}

template class Runner<float>;
template class Runner<double>;

void for_ranges(std::size_t n, std::size_t grain, std::size_t threads,
                const std::function<void(std::size_t begin, std::size_t end, std::size_t thread)>& work) {
  if (n == 0) return;
  const std::size_t step = std::max<std::size_t>(1, grain), parts = (n + step - 1) / step;
  threads = std::clamp<std::size_t>(threads, 1, parts);
  std::atomic<std::size_t> next{0};
  const auto run = [&](std::size_t thread) {
    for (std::size_t part = next++; part < parts; part = next++) work(part * step, std::min(n, (part + 1) * step), thread);
  };
  std::vector<std::thread> others;
  for (std::size_t t = 1; t < threads; ++t) others.emplace_back(run, t);
  run(0);
  for (std::thread& t : others) t.join();
}

}  // namespace duolex::tensor
