// Works a call: its blocks shared out among threads, in an order that suits the caches.
#pragma once

#include <functional>

#include "limelight/kernel.hpp"

namespace limelight {

// Called now and then by the calling thread with what is done and what there is to do; false
// stops the work.
using Watch = std::function<bool(Index done, Index all)>;

// In all threads where `threads` is 0. False where `watch` stopped it; then results are incomplete. Throws std::bad_alloc.
bool run(const Kernel& kernel, const Call& call, int threads, const Watch& watch);

}  // namespace limelight
