// One step forward and backward on a block of `lanes` columns. Shared by gradients and bounds.
#pragma once

#include "tensor/kernels.h"
#include "tensor/program.h"

namespace duolex::tensor {

template <class T>
struct Block {
  const Kernels<T>& kernels;
  T* scratch;  // Program::scratch * lanes
};

// y = W x + b. x and y are blocks of the step's input and output.
template <class T>
void product(const Linear& linear, const Block<T>& block, const T* x, T* y);
// x += transpose(W) y, or x = … when `first`. The features of the input number `features`.
template <class T>
void adjoint(const Linear& linear, const Block<T>& block, const T* y, T* x, std::size_t features, bool first);

// `values`: where each value is in the frame (Program::values, or ::compact).
template <class T>
void forward(const Step& step, const std::vector<Value>& values, const Block<T>& block, T* frame);
// Adds to the gradients of the step's inputs what comes from its output's.
template <class T>
void backward(const Step& step, const std::vector<Value>& values, const std::vector<Value>& gradients, const Block<T>& block, const T* frame, T* gradient);

}  // namespace duolex::tensor
