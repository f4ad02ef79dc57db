// Threads that are started once and wait for work.
#pragma once

#include <functional>

namespace limelight {

// How many processors this process may use.
int available_threads();

// Calls work(0) here and work(1) … work(count - 1) in other threads, and returns when all have.
// While another call has the threads, or where none can be started, fewer take part: work must
// not depend on how many there are.
void run_in_threads(int count, const std::function<void(int)>& work);

}  // namespace limelight
