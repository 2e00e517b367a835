// A piece of work in a process of its own, which a fault may end at any call.
#pragma once

#include <functional>
#include <string>

namespace duolex::tests {

struct Ended {
  std::string said;     // what it wrote to the pipe
  bool killed = false;  // by SIGKILL; any other end than that and status 0 fails the test
};
[[nodiscard]] Ended in_child(const std::function<void(int pipe)>& work);

}  // namespace duolex::tests
