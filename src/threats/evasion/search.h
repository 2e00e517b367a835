// Attacks are written as if each had the model to itself and run many at once: a search is a coroutine that stops
// where it needs the model, and a crowd of them is answered in batches (crowd.h).
#pragma once

#include <coroutine>
#include <exception>
#include <utility>

namespace duolex::threats::evasion {

// A search that ends with a T. Starts when it is awaited by another, or by start(). Runs on one thread.
template <class T>
class [[nodiscard]] Search {
 public:
  struct promise_type {
    T value{};
    std::coroutine_handle<> then = std::noop_coroutine();

    Search get_return_object() { return Search(std::coroutine_handle<promise_type>::from_promise(*this)); }
    std::suspend_always initial_suspend() noexcept { return {}; }
    struct End {
      bool await_ready() noexcept { return false; }
      std::coroutine_handle<> await_suspend(std::coroutine_handle<promise_type> ended) noexcept { return ended.promise().then; }
      void await_resume() noexcept {}
    };
    End final_suspend() noexcept { return {}; }
    void return_value(T v) { value = std::move(v); }
    void unhandled_exception() { std::terminate(); }
  };

  Search(Search&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Search& operator=(Search&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~Search() {
    if (handle_) handle_.destroy();
  }

  void start() { handle_.resume(); }
  [[nodiscard]] bool done() const { return handle_.done(); }
  [[nodiscard]] T& value() { return handle_.promise().value; }

  bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> caller) noexcept {
    handle_.promise().then = caller;
    return handle_;
  }
  T await_resume() { return std::move(handle_.promise().value); }

 private:
  explicit Search(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
  std::coroutine_handle<promise_type> handle_;
};

}  // namespace duolex::threats::evasion
