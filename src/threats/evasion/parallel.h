// Work on samples by several threads. Which thread does what differs from run to run; results may not.
#pragma once

#include <cstddef>
#include <functional>

namespace duolex::threats::evasion {

// Calls work(worker, i) once for each i below `count`, in an order of its own; worker < threads. work() must not
// throw. Stops early, between items, once stop() is true; says whether everything was done.
bool in_parallel(std::size_t count, unsigned threads, const std::function<void(unsigned worker, std::size_t i)>& work,
                 const std::function<bool()>& stop = {});

}  // namespace duolex::threats::evasion
