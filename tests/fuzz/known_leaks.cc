// libfyaml 0.7.12 forgets a buffer of a few kilobytes when a scalar ends in an error. It is not ours to
// free, and a run of the program reads a handful of files.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() { return "leak:libfyaml\n"; }
