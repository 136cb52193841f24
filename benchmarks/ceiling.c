/* What one core does on the benchmark family when everything is specialised by hand: the hardware's rate of look-ups.
 *
 * Breadth-first search; a state is one word, the controller in its lowest bits and then each instance; visited states
 * lie in an open-addressing table with linear probing, exact keys. Successors are made a block at a time and their
 * slots fetched early, so that the misses overlap. No names, no counterexample. `family.h` is generated, see ceiling.py.
 *
 * gcc -O3 -march=native -DN=4 -DSLOTS_LOG2=21 -o ceiling ceiling.c
 */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include "family.h"

#define BITS (CONTROLLER_BITS + N * LOCAL_BITS)
#if BITS < 32
typedef uint32_t word;
#else
typedef uint64_t word;
#endif
enum { BLOCK = 256, MOST_STEPS = N * MOST_MOVES };
static const uint64_t SLOTS = 1ull << SLOTS_LOG2;

static void *reserve(uint64_t bytes) {
    void *area = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (area == MAP_FAILED) { perror("mmap"); exit(1); }
    madvise(area, bytes, MADV_HUGEPAGE);
    return area;
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static inline uint64_t slot_of(word key) {
    return (uint64_t)key * 0x9E3779B97F4A7C15ull >> (64 - SLOTS_LOG2);
}

int main(void) {
    double begin = now();
    word *table = reserve(SLOTS * sizeof *table);           /* holds state + 1, so that 0 is an empty slot */
    word *states = reserve((SLOTS + MOST_STEPS) * sizeof *states);
    uint64_t expanded = 0, known = 1, transitions = 0, violations = 0;
    static word made[BLOCK + MOST_STEPS];
    table[slot_of(1)] = 1;
    while (expanded < known) {
        int count = 0;
        while (expanded < known && count < BLOCK) {
            word state = states[expanded++];
            unsigned controller = state & ((1u << CONTROLLER_BITS) - 1);
            for (int shift = CONTROLLER_BITS; shift < BITS; shift += LOCAL_BITS) {
                const struct moves *moves = &MOVES[controller][state >> shift & ((1u << LOCAL_BITS) - 1)];
                for (int k = 0; k < moves->count; k++) {
                    word key = (state ^ (word)moves->local[k] << shift ^ moves->controller[k]) + 1;
                    __builtin_prefetch(&table[slot_of(key)], 1);
                    made[count++] = key;
                }
            }
        }
        transitions += (uint64_t)count;
        for (int i = 0; i < count; i++) {
            word key = made[i];
            uint64_t slot = slot_of(key);
            while (table[slot] && table[slot] != key) slot = (slot + 1) & (SLOTS - 1);
            if (table[slot]) continue;
            table[slot] = key;
            states[known++] = key - 1;
            for (int shift = CONTROLLER_BITS; shift < BITS; shift += LOCAL_BITS)
                violations += BAD[(key - 1) >> shift & ((1u << LOCAL_BITS) - 1)];
        }
        if (known > SLOTS / 8 * 7) { fprintf(stderr, "table too small\n"); return 1; }
    }
    printf("states=%llu transitions=%llu violations=%llu seconds=%.4f\n", (unsigned long long)known,
           (unsigned long long)transitions, (unsigned long long)violations, now() - begin);
    return violations != 0;
}
