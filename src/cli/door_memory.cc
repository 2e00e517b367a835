// Memory of the door. A scan of an ordinary bill ends before it is worth giving small pieces back, so the first
// megabytes are handed out one after another and left to the end of the process; what comes after, and what is large,
// comes from the C library as ever.
#include <sys/single_threaded.h>

#include <cstddef>
#include <cstdlib>
#include <new>

namespace {

constexpr std::size_t most = 2 << 20, largest = 2048, alignment = alignof(std::max_align_t);
alignas(alignment) char room[most];
char* next = room;

bool from_room(const void* place) { return place >= static_cast<const void*>(room) && place < static_cast<const void*>(room + most); }

}  // namespace

void* operator new(std::size_t size) {
  const std::size_t taken = size == 0 ? alignment : (size + alignment - 1) / alignment * alignment;
  if (size <= largest && taken <= static_cast<std::size_t>(room + most - next) && __libc_single_threaded) {
    char* const out = next;
    next += taken;
    return out;
  }
  if (void* const out = std::malloc(size == 0 ? 1 : size)) return out;
  throw std::bad_alloc();
}
void* operator new[](std::size_t size) { return operator new(size); }
void operator delete(void* place) noexcept {
  if (!from_room(place)) std::free(place);
}
void operator delete[](void* place) noexcept { operator delete(place); }
void operator delete(void* place, std::size_t) noexcept { operator delete(place); }
void operator delete[](void* place, std::size_t) noexcept { operator delete(place); }
