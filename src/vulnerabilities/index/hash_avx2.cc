// XXH3 for machines with AVX2: the same hash with half the instructions. Nothing but the hash is compiled here, so that
// no function of the library comes to need AVX2.
#define XXH_INLINE_ALL
#include <xxhash.h>

namespace duolex::vulnerabilities::index {

unsigned long long hash_with_avx2(const char* bytes, unsigned long long size) { return XXH3_64bits(bytes, size); }

}  // namespace duolex::vulnerabilities::index
