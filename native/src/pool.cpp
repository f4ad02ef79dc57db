#include "limelight/pool.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <system_error>
#include <thread>

#if defined(__linux__)
#include <sched.h>
#endif
#if !defined(_WIN32)
#include <pthread.h>
#endif

namespace limelight {
namespace {

// A thread that has just worked looks out for more before it sleeps: small calls often come one
// after the other, and waking a sleeper takes as long as they do.
constexpr auto watchful = std::chrono::microseconds(40);

template <class Holds> bool holds_soon(Holds holds) {
    const auto end = std::chrono::steady_clock::now() + watchful;
    do {
        for (int i = 0; i < 64; i++) {
            if (holds()) return true;
#if defined(__x86_64__)
            __builtin_ia32_pause();
#endif
        }
    } while (std::chrono::steady_clock::now() < end);
    return false;
}

class Pool {
public:
    void run(int count, const std::function<void(int)>& work) {
        // Not a mutex: work may ask for threads itself, and is then alone.
        if (count <= 1 || busy_.test_and_set(std::memory_order_acquire)) return work(0);
        share(count, work);
        busy_.clear(std::memory_order_release);
    }

private:
    void share(int count, const std::function<void(int)>& work) {
        grow(count - 1);
        {
            const std::lock_guard lock(mutex_);
            work_ = &work;
            wanted_ = count - 1 < threads_ ? count - 1 : threads_;
            running_.store(wanted_);
            turn_.fetch_add(1, std::memory_order_release);
        }
        wake_.notify_all();
        work(0);
        if (holds_soon([this] { return running_.load(std::memory_order_acquire) == 0; })) return;
        std::unique_lock lock(mutex_);
        done_.wait(lock, [this] { return running_.load() == 0; });
    }

    void grow(int count) {
        try {
            for (; threads_ < count; threads_++)
                std::thread([this, own = threads_, turn = turn_.load()] { serve(own, turn); })
                    .detach();
        } catch (const std::system_error&) {
            // Fewer threads give the same result.
        }
    }

    void serve(int own, unsigned long turn) {
        for (;;) {
            const auto called = [&] { return turn_.load(std::memory_order_acquire) != turn; };
            holds_soon(called);
            const std::function<void(int)>* work = nullptr;
            {
                std::unique_lock lock(mutex_);
                wake_.wait(lock, called);
                turn = turn_.load();
                if (own < wanted_) work = work_;
            }
            if (work == nullptr) continue;
            (*work)(own + 1);
            if (running_.fetch_sub(1, std::memory_order_acq_rel) != 1) continue;
            const std::lock_guard lock(mutex_);  // so that the caller is not between look and sleep
            done_.notify_one();
        }
    }

    std::atomic_flag busy_;
    std::mutex mutex_;
    std::condition_variable wake_, done_;
    const std::function<void(int)>* work_ = nullptr;
    std::atomic<unsigned long> turn_{0};
    std::atomic<int> running_{0};
    int threads_ = 0;
    int wanted_ = 0;
};

// Never destroyed: its threads wait until the process ends. A forked child has none of them and
// begins anew.
Pool* pool = nullptr;

Pool& the_pool() {
    static const bool once = [] {
        pool = new Pool;
#if !defined(_WIN32)
        pthread_atfork(nullptr, nullptr, [] { pool = new Pool; });
#endif
        return true;
    }();
    (void)once;
    return *pool;
}

}  // namespace

int available_threads() {
#if defined(__linux__)
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
#endif
    const unsigned count = std::thread::hardware_concurrency();
    return count == 0 ? 1 : static_cast<int>(count);
}

void run_in_threads(int count, const std::function<void(int)>& work) {
    if (count <= 1) return work(0);
    the_pool().run(count, work);
}

}  // namespace limelight
