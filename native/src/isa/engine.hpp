// The functions of one instruction set, as the rest of the program calls them.
#pragma once

#include "feeds.hpp"
#include "limelight/kernel.hpp"
#include "peak.hpp"
#include "rows.hpp"
#include "sweep.hpp"
#include "top.hpp"

namespace limelight {
namespace {

template <class Feed> Index scratch_bytes(const Call& call) {
    return Scratch<Feed>(call, nullptr).bytes;
}

template <class Feed> Index packed_bytes(const Call& call) {
    return Feed::packed_words(call) * static_cast<Index>(sizeof(typename Feed::Word));
}

template <class Feed> void pack(const Call& call, Index head, std::byte* packed) {
    Feed::pack_values(call, head, reinterpret_cast<typename Feed::Word*>(packed));
}

template <class Feed>
bool work_block(const Call& call, Job& job, bool is_caller, const std::byte* packed,
                std::byte* scratch, Index head, Index number, Index turn) {
    using Word = typename Feed::Word;
    Block<Feed> block(call, job, is_caller, reinterpret_cast<const Word*>(packed), scratch);
    const Index first = number * Tile<Feed>::rows;
    if (!block.run(head, first, least(Index{Tile<Feed>::rows}, call.queries - first))) return false;
    const Results& r = call.results;
    if (r.top_indices != nullptr) Top<Feed>(block).run();
    if (r.received == nullptr && r.picture_sum == nullptr && r.detected == nullptr) return true;
    Sweep<Feed> sweep(block);
    sweep.run();
    if (!job.wait_turn(head, turn)) return false;
    sweep.hand_in();
    job.end_turn(head);
    return true;
}

template <class R> constexpr Engine::Parts parts_of() {
    return {part_keys, R::scratch_bytes,
            [](const Call& call) { return R::group_of(call) * call.queries * R::state_bytes(call); },
            [](const Call& call, std::byte* scratch, Index key_head, Index part, std::byte* state) {
                R(call, scratch).look(key_head, part, state);
            },
            [](const Call& call, std::byte* scratch, Index key_head, const std::byte* states,
               Index parts) { R(call, scratch).gather(key_head, states, parts); }};
}

template <class Feed> constexpr Engine engine_of() {
    using Isa = typename Feed::Isa;
    using T = typename Feed::T;
    return {Tile<Feed>::rows,  scratch_bytes<Feed>, packed_bytes<Feed>, pack<Feed>,
            work_block<Feed>, parts_of<Rows<Isa, T>>(), multiply_add<Feed>};
}

}  // namespace
}  // namespace limelight
