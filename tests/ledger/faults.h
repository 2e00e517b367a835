// Calls that change files, counted and made to fail: this program's own definitions stand before those of the C library,
// so that every module linked into it meets them.
#pragma once

namespace duolex::tests {

enum class Fault { none, io_error, disk_full, short_write, killed };

// From now on the call with this number (from 1) fails; a short write writes half of its bytes and says so, once, and the
// disk is full after it. `killed`: the process ends there, at every second number after half of a write.
void arm(Fault fault, int call);
// Calls since then.
[[nodiscard]] int disarm();
// The call that failed; "" when the number was not reached.
[[nodiscard]] const char* struck();

}  // namespace duolex::tests
