// The number of threads changes nothing but the time, and a run can be stopped.
#include <atomic>
#include <cstdio>
#include <optional>
#include <thread>

#include "check.hpp"
#include "draw.hpp"
#include "limelight/pool.hpp"
#include "work.hpp"

#if !defined(_WIN32)
#include <sys/wait.h>
#include <unistd.h>
#endif

// It ends a child that starts threads, so that forking is left out where it is.
#if defined(__SANITIZE_THREAD__)
#define LIMELIGHT_THREAD_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define LIMELIGHT_THREAD_SANITIZER 1
#endif
#endif

namespace limelight::testing {
namespace {

constexpr int counts[] = {1, 2, 3, 8};

// Large enough to be shared out: the smallest calls are not.
Problem shared_out(std::uint64_t seed, Type type) {
    Random random(seed);
    Problem p;
    p.type = type;
    p.heads = 4, p.key_heads = 2, p.queries = 150, p.keys = 140, p.d = 9, p.d_v = 11;
    p.right = 0;
    p.wanted.query_bins = 7, p.wanted.key_bins = 9;
    fill(random, p);
    p.tokens.assign(4, std::vector<std::int32_t>(140, 3));
    return p;
}

Room worked(const Kernel& kernel, const Problem& p, int threads) {
    Prepared prepared(p);
    Room room(p);
    prepared.call.results = room.results;
    if (!run(kernel, prepared.call, threads, never_stop)) room.pieces.clear();
    return room;
}

bool same(const Room& a, const Room& b) {
    return a.pieces.size() == b.pieces.size() && difference(a, b) == nullptr;
}

void counts_of_threads(Checks& check) {
    for (const Kernel* kernel : kernels()) {
        for (const Type type : {Type::f64, Type::f32, Type::f16, Type::bf16}) {
            const Problem p = shared_out(1, type);
            const Room alone = worked(*kernel, p, 1);
            for (const int threads : counts)
                for (int again = 0; again < 2; again++)
                    check(same(alone, worked(*kernel, p, threads)),
                          std::string(kernel->name) + " " + p.say() + ": the same with " +
                              std::to_string(threads) + " threads");
        }
    }
}

// Callers that come together: one has the pool, the others work by themselves.
void several_callers(Checks& check) {
    const Kernel& kernel = *kernels()[0];
    const Problem problems[] = {shared_out(1, Type::f32), shared_out(2, Type::f64),
                                shared_out(3, Type::bf16)};
    std::vector<Room> alone;
    for (const Problem& p : problems) alone.push_back(worked(kernel, p, 1));
    std::atomic<int> wrong{0};
    std::vector<std::thread> callers;
    for (std::size_t own = 0; own < 3; own++)
        callers.emplace_back([&, own] {
            for (int i = 0; i < 12; i++)
                if (!same(alone[own], worked(kernel, problems[own], 1 + i % 4))) wrong++;
        });
    for (std::thread& each : callers) each.join();
    check(wrong == 0, "callers at the same time do not disturb each other");
}

// More work than anyone waits for, in little memory: all heads are the same one.
class Endless {
public:
    explicit Endless(bool adds_up) : p_(shared_out(4, Type::f32)) {
        p_.wanted = Wanted{};
        p_.wanted.top = 0;
        p_.heads = 1 << 16, p_.key_heads = 1;
        p_.queries = 64, p_.keys = 4096;
        p_.d = p_.d_v = 64;
        p_.key_head.assign(at(p_.heads), 0);
        p_.offsets.assign(at(p_.heads), 0);
        p_.lengths.assign(at(p_.heads), p_.keys);
        p_.tokens.clear();
        Random random(4);
        p_.q = matrices(random, p_.type, false, 1, p_.queries, p_.d);
        p_.k = p_.v = matrices(random, p_.type, false, 1, p_.keys, p_.d);
        prepared_.emplace(p_);
        Results& results = prepared_->call.results;
        results = {};
        if (adds_up) {
            detected_.assign(at(4 * p_.heads), 0.0);
            results.detected = detected_.data();
        } else {
            lse_.assign(at(p_.heads * p_.queries), 0.0F);
            results.lse = lse_.data();
        }
    }
    const Call& call() const { return prepared_->call; }

private:
    Problem p_;
    std::optional<Prepared> prepared_;
    std::vector<double> detected_;
    std::vector<float> lse_;
};

// A time is not claimed, but a run that went on to its end would be noticed.
void stopping(Checks& check) {
    const Kernel& kernel = *kernels()[0];
    const Problem p = shared_out(5, Type::f32);
    const Room alone = worked(kernel, p, 1);
    for (const bool adds_up : {false, true}) {
        const Endless endless(adds_up);
        for (const int threads : counts) {
            Index asked = 0, last = 0, all = 0;
            const bool finished = run(kernel, endless.call(), threads, [&](Index done, Index of) {
                last = done, all = of;
                return ++asked < 2;
            });
            check(!finished && asked == 2, "a run that is told to stop stops");
            check(0 < last && last < all, "it says how far it was");
            check(same(alone, worked(kernel, p, threads)), "the next run is right");
        }
    }
}

#if !defined(_WIN32) && !defined(LIMELIGHT_THREAD_SANITIZER)
// In a child none of the pool's threads live on, and one that was at work may hold its locks.
bool child_works(const Kernel& kernel, const Problem& p, const Room& expected) {
    const pid_t child = fork();
    if (child == 0) _exit(same(expected, worked(kernel, p, 3)) ? 0 : 1);
    int status = -1;
    return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) &&
           WEXITSTATUS(status) == 0;
}

void forking(Checks& check) {
    const Kernel& kernel = *kernels()[0];
    const Problem p = shared_out(6, Type::f32);
    const Room expected = worked(kernel, p, 3);
    check(child_works(kernel, p, expected), "a child works with threads of its own");
    std::atomic<bool> runs{false}, stops{false};
    std::thread other([&] {
        const Endless endless(true);
        run(kernel, endless.call(), 3, [&](Index /*done*/, Index /*all*/) {
            runs = true;
            return !stops.load();
        });
    });
    while (!runs) std::this_thread::yield();
    check(child_works(kernel, p, expected), "also one that began while the pool was at work");
    stops = true;
    other.join();
    check(same(expected, worked(kernel, p, 3)), "and the parent's threads are as they were");
}
#endif

Problem plain(std::uint64_t seed, Type type, Index heads, Index queries, Index keys) {
    Random random(seed);
    Problem p;
    p.type = type;
    p.heads = heads, p.queries = queries, p.keys = keys, p.d = p.d_v = 64;
    p.wanted.top = 0, p.wanted.received = p.wanted.detected = false;
    fill(random, p);
    return p;
}

// What is shown while a run goes on may itself have something worked: in memory of the same form,
// so that numbers of one would pass for the other's, or in more.
void nesting(Checks& check) {
    const Kernel& kernel = *kernels()[0];
    const Problem inner[] = {plain(7, Type::f32, 1, 150, 100), plain(7, Type::f64, 2, 150, 200)};
    const Room alone[] = {worked(kernel, inner[0], 1), worked(kernel, inner[1], 1)};
    for (const int threads : {1, 3}) {
        std::size_t asked = 0;
        // The watch is asked now and then: of a run that is long enough.
        for (Index heads = 8; asked < 2; heads *= 2) {
            const Problem outer = plain(8, Type::f32, heads, 150, 1000);
            Prepared prepared(outer);
            Room room(outer);
            prepared.call.results = room.results;
            bool right = true;
            run(kernel, prepared.call, threads, [&](Index /*done*/, Index /*all*/) {
                const std::size_t own = asked++ % 2;
                right = right && same(alone[own], worked(kernel, inner[own], threads));
                return true;
            });
            check(right, "a run within a run is right");
            check(same(room, worked(kernel, outer, 1)), "and so is the one around it");
        }
    }
}

void pool(Checks& check) {
    check(available_threads() >= 1, "there is a processor");
    for (const int threads : counts) {
        std::atomic<int> called[8] = {};
        run_in_threads(threads, [&](int own) { called[own]++; });
        bool once = called[0] == 1;
        for (int own = 0; own < 8; own++) once = once && called[own] <= (own < threads ? 1 : 0);
        check(once, "the pool calls every thread at most once, and the caller");
    }
}

void faults(Checks& check) {
    const Problem p = shared_out(1, Type::f32);
    const std::size_t pieces = Room(p).pieces.size();
    for (std::size_t piece = 0; piece < pieces; piece++) {
        finds_fault(check, Room(p).pieces[piece].name, [&](Checks& own) {
            const Room right = worked(portable, p, 1), wrong = worked(portable, p, 1);
            wrong.pieces[piece].memory[wrong.pieces[piece].size - 1] ^= std::byte{1};
            own(same(right, wrong), "the same");
        });
    }
}

}  // namespace
}  // namespace limelight::testing

int main() {
    using namespace limelight::testing;
    Checks check;
    pool(check);
    counts_of_threads(check);
    several_callers(check);
    stopping(check);
    nesting(check);
#if !defined(_WIN32) && !defined(LIMELIGHT_THREAD_SANITIZER)
    forking(check);
#endif
    faults(check);
    return check.result();
}
