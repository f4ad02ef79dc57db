// What isa_symbols.cmake is there to see: a function that every file including it would hold.
namespace limelight {
[[gnu::noinline]] inline int twice(int x) { return x * 2; }
int use(int x);
int use(int x) { return twice(x); }
}  // namespace limelight
