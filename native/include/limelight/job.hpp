// What the threads of one call share while it runs.
#pragma once

#include <atomic>

#include "limelight/call.hpp"

namespace limelight {

class Job {
public:
    virtual ~Job() = default;

    // Called after every tile by every thread; the calling one may look for signals here.
    virtual void poll(bool is_caller) = 0;
    // What blocks of a head add up is handed in one after the other, so that the result does not
    // depend on who was first. False where the job was stopped meanwhile.
    virtual bool wait_turn(Index head, Index turn) = 0;
    virtual void end_turn(Index head) = 0;

    std::atomic<bool> stopped{false};
};

}  // namespace limelight
