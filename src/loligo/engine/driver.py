"""The text of a kernel for a processor but for what a cell puts in: see `lanes`."""

from __future__ import annotations

HEAD = '''"""{title}

Generated; `loligo.engine` made it from a description and will make it again when it is gone.
Rows of a block, {lanes} cells each:
{rows}
"""

from numba import njit

from loligo.engine.support.{precision} import {loop}, real
{imports}
LANES = {lanes}
VECTOR = {vector}
KEPT = {n_kept}
RECORDED = {recorded}
SAMPLED = {sampled}
'''

DRIVER = '''
@njit(nogil=True, error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True)
def run(blocks, active, levels, steps, sizes, starts, every, offset, waves, wave, first_sample,
        out, threshold, event_time, event_cell, cursor, last_block, budget, s{arguments}):
    """Run blocks from a cursor on; return 0 when done, 1 to be called again, 2 when diverged,
    3 where the next step is too long for what happens at random.

    ``cursor`` holds block, stretch, step within it, and the number of events found; ``s`` is room
    for the rows of a block.
    """
    while cursor[0] < last_block:
        block = cursor[0]
        lanes = active[block]
        whole = -(-lanes // VECTOR) * VECTOR
        for i in range(KEPT * LANES):
            s[i] = blocks[block, i]
        while cursor[1] < steps.size:
            part = cursor[1]
            for j in range(whole):
                s[{level} * LANES + j] = levels[block, part, 0, j]
                s[{scale} * LANES + j] = levels[block, part, 1, j]
            if cursor[2] == 0:
                for j in range(whole):
                    s[j] += levels[block, part, 2, j]
            n = steps[part]
            size = sizes[part]
            h = real(size)
            first_wave = waves[part]
            k = cursor[2]
            due = (offset[part] - k) % every[part]
            state = 0{unset}
            while k <= n and state == 0:
                now = then = seen = real(0.0)
                if first_wave >= 0:
                    now = real(wave[first_wave + k, 0])
                    then = real(wave[first_wave + k, 1])
                    seen = real(wave[first_wave + k, 2])
                t = real(starts[part] + k * size)
                h_gate = real(0.5) * h if k == 0 or k == n else h
                numbers = (h_gate, h if k < n else real(0.0), now, then, t, real(threshold))
{opens}{fixed}{before}                if due == 0 and k < n:
                    h_record = real(0.0) if k == 0 else real(0.5) * h
                    sample(s, 0, whole, (h_record, now, seen, t))
                    index = first_sample[part] + (k - offset[part]) // every[part]
                    for i in range(RECORDED):
                        for j in range(lanes):
                            out[block * LANES + j, i, index] = s[(SAMPLED + i) * LANES + j]
                    due = every[part]
                due -= 1
{after}{steps}
                k += 1{events}
                if k % {checked} == 0 or k > n:
                    bad = 0
                    for j in range(lanes):
                        bad += not (abs(s[j]) < {largest}){guard}
                    if bad > 0:
                        state = 2
                budget -= 1
                if state == 0 and k <= n and (budget <= 0 or cursor[3] > event_time.size - LANES):
                    state = 1
            cursor[2] = k
            if state > 0:
                for i in range(KEPT * LANES):
                    blocks[block, i] = s[i]
                return state
            cursor[1] = part + 1
            cursor[2] = 0
        cursor[0] = block + 1
        cursor[1] = 0
        for i in range(KEPT * LANES):
            blocks[block, i] = s[i]
    return 0
'''

WATCH = """
                        bad += not (s[{row} * LANES + j] <= 1.0)"""

OPENS = """                later = {beginning} <= k < n
                keep = real(1.0) if {beginning} <= k + 1 else real(0.0)
                gain, turn, loss = {whole}
                if n > 1 and k == 1:
                    gain, turn, loss = {after_first}
                if n > 1 and k == n:
                    gain, turn, loss = {last}
"""
"""Whether a step looks back, and the numbers of one that does not; see `multistep`."""

LATER = """\
                if later:
{later}
                else:
{first}"""

UNSET = """
            is_set = False"""

FIXED = """                if k == n or not is_set:
                    is_set = True
{calls}
"""
"""What only the length of the steps changes; the last, of the gates alone, has none."""

EVENTS = """
                crossed = 0
                for j in range(lanes):
                    crossed += (s[{before} * LANES + j] < threshold) & (s[j] >= threshold)
                if crossed > 0:
                    for j in range(lanes):
                        before = s[{before} * LANES + j]
                        if before < threshold and s[j] >= threshold:
                            share = (threshold - before) / (s[j] - before){bends}
                            event_time[cursor[3]] = starts[part] + (k - 1 + share) * size
                            event_cell[cursor[3]] = block * LANES + j
                            cursor[3] += 1"""

BENDS = """
                            first = share
                            bend = 12.0 * s[{kept} * LANES + j] / (s[j] - before)
                            for _ in range(4):
                                share = first + bend * share * (1.0 - share)"""
"""When a potential that bends crossed the threshold, by its second difference."""
