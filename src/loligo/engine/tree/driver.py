"""The fixed text of kernels for trees: a step through slabs, the tree of separators, and back."""

HEAD = '''"""{title}

Generated; `loligo.engine` made it from a description and will make it again when it is gone.
Rows of a slab, {width} compartments each:
{rows}
"""

from numba import njit

from loligo.engine.support.double import lanes_loop, real
{rig_import}{draw_import}{spread_import}
WIDTH = {width}
SLAB = {room} * {width}
BEGIN = {scratch} * {width}
'''

DRIVER = '''{draw_tables}
@njit(nogil=True, error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True)
def run(s, uniform, groups, separator, above, holds, child, child_first, tip, tip_first, reduced,
        sites, site_wave, site_now, held, held_wave, held_now, held_then, levels, clamps,
        steps, sizes, starts, every, offset, waves, wave, first_sample, sampled, recorded, out,
        watched, before, threshold, event_time, event_site, cursor, budget{more_arguments}):
    """Run a block of trees from a cursor on; return 0 when done, 1 to be called again, 2 when
    diverged.

    A command (``levels``) has level, scale, jump of the potential, and level and scale of a
    conductance; a held potential (``clamps``) level and scale. A group is its first slab, how
    many, and its kind of membrane. ``cursor`` holds stretch, step within it, and the number of
    events found.
    """
    n_reduced = separator.size
{uniform}
    while cursor[0] < steps.size:
        part = cursor[0]
        n = steps[part]
        size = sizes[part]
        first_wave = waves[part]
        k = cursor[1]
        if k == 0:
            for i in range(sites.size):
                s[sites[i] + {v} * WIDTH] += levels[part, i, 2]
        due = (offset[part] - k) % every[part]
        state = 0
        inverse_h = 1.0 / ({gamma} * size)
        fresh = True
        varies = False
        for i in range(sites.size):
            varies = varies or levels[part, i, 4] != 0.0
            site_now[i] = 0.0
        for i in range(held.size):
            held_now[i] = held_then[i] = 0.0
        while k <= n and state == 0:
            now = then = seen = 0.0
            if first_wave >= 0:
                now = wave[first_wave + k, 0]
                then = wave[first_wave + k, 1]
                seen = wave[first_wave + k, 2]
                for i in range(sites.size):
                    site_now[i] = wave[first_wave + k, site_wave[i]]
                for i in range(held.size):
                    held_now[i] = wave[first_wave + k, held_wave[i]]
                    held_then[i] = wave[first_wave + k, held_wave[i] + 1]
{rig_follow}            t = starts[part] + k * size
            h_gate = 0.5 * size if k == 0 or k == n else size
            h = size if k < n else 0.0
{opens}            for i in range(held.size):
                s[held[i] + {v} * WIDTH] = clamps[part, i, 0] + clamps[part, i, 1] * held_now[i]
{draw_before}            if due == 0 and k < n:
                h_record = 0.0 if k == 0 else 0.5 * size
                index = first_sample[part] + (k - offset[part]) // every[part]
                for i in range(sampled.shape[0]):
                    at = BEGIN + sampled[i, 0] * SLAB
                    kind = sampled[i, 3]
{samples}
                    for j in range(sampled[i, 1], sampled[i, 2]):
                        out[j, index] = s[recorded[j]]
{rig_sample}                due = every[part]
            due -= 1
{draw_after}            h_record = 0.0
{numbers}
            if k == n:
                for group in range(groups.shape[0]):
                    kind = groups[group, 2]
                    for i in range(groups[group, 1]):
                        at = BEGIN + (groups[group, 0] + i) * SLAB
{steps}
            else:
{spread}                # membrane, and elimination within pieces
                site = 0
{rig_begin}                for group in range(groups.shape[0]):
                    first = groups[group, 0]
                    count = groups[group, 1]
                    kind = groups[group, 2]
                    for i in range(count):
                        at = BEGIN + (first + i) * SLAB
{membrane}
                        while site < sites.size and sites[site] < at + SLAB:
                            s[sites[site] + {diagonal} * WIDTH] += (
                                levels[part, site, 3] + levels[part, site, 4] * site_now[site]
                            )
                            s[sites[site] + {right} * WIDTH] += (
                                levels[part, site, 0] + levels[part, site, 1] * site_now[site]
                            )
                            site += 1
{rig_enter}{eliminate}
                # the tree of separators
                if fresh:
                    for i in range(n_reduced):
                        at = separator[i]
                        c = s[at + {fill} * WIDTH]
                        d = s[at + {diagonal} * WIDTH]
                        r = s[at + {rest} * WIDTH]
                        for j in range(tip_first[i], tip_first[i + 1]):
                            d -= s[tip[j] + {taken} * WIDTH]
                            r -= s[tip[j] + {given} * WIDTH]
                        for j in range(child_first[i], child_first[i + 1]):
                            d -= reduced[0, child[j]]
                            r -= reduced[1, child[j]]
                        if holds[i] >= 0:
                            j = holds[i]
                            r = {held}
                            reduced[0, i] = s[at + {taken} * WIDTH]
                            reduced[2, i] = 0.0
                            reduced[3, i] = 1.0
                            reduced[4, i] = c
                        else:
                            inverse = 1.0 / d
                            reduced[0, i] = s[at + {taken} * WIDTH] + c * inverse * c
                            reduced[2, i] = c
                            reduced[3, i] = inverse
                            reduced[4, i] = c * inverse
                        reduced[1, i] = s[at + {given} * WIDTH] + reduced[4, i] * r
                        reduced[5, i] = r
{otherwise}
{substitute}
{second}
                for i in range(watched.size):
                    before[i] = s[watched[i] + {v} * WIDTH]
                for group in range(groups.shape[0]):
                    first = groups[group, 0]
                    count = groups[group, 1]
                    kind = groups[group, 2]
                    for i in range(count - 1, -1, -1):
                        at = BEGIN + (first + i) * SLAB
                        if i == count - 1:
                            back_last_2(s, at, WIDTH, numbers)
                        else:
                            back_2(s, at, WIDTH, numbers)
{after}
                for i in range(watched.size):
                    new = s[watched[i] + {v} * WIDTH]
                    if before[i] < threshold and new >= threshold:
                        share = (threshold - before[i]) / (new - before[i])
{bends}                        event_time[cursor[2]] = t + share * size
                        event_site[cursor[2]] = i
                        cursor[2] += 1
{rig_advance}                fresh = {always_fresh}
            k += 1
            if k % {checked} == 0 or k > n:
                bad = 0
                for at in range(BEGIN, s.size, SLAB):
                    for j in range(WIDTH):
                        bad += not (abs(s[at + {v} * WIDTH + j]) < {largest})
                if bad > 0:
                    state = 2
            budget -= 1
            if state == 0 and k <= n and (
                budget <= 0 or cursor[2] > event_time.size - watched.size
            ):
                state = 1
        cursor[1] = k
        if state > 0:
            return state
        cursor[0] = part + 1
        cursor[1] = 0
    return 0
'''


SUBSTITUTE = """                for i in range(n_reduced - 1, -1, -1):
                    at = separator[i]
                    over = reduced[6, above[i]]
                    x = (reduced[5, i] - reduced[2, i] * over) * reduced[3, i]
                    reduced[6, i] = x
                    s[at + {new} * WIDTH] = x
                    s[at + {above} * WIDTH] = over
                    for j in range(tip_first[i], tip_first[i + 1]):
                        s[tip[j] + {above} * WIDTH] = x"""


REDUCE = """                for i in range(n_reduced):
                    at = separator[i]
                    r = s[at + {rest} * WIDTH]
                    for j in range(tip_first[i], tip_first[i + 1]):
                        r -= s[tip[j] + {given} * WIDTH]
                    for j in range(child_first[i], child_first[i + 1]):
                        r -= reduced[1, child[j]]
                    if holds[i] >= 0:
                        j = holds[i]
                        r = {held}
                    reduced[1, i] = s[at + {given} * WIDTH] + reduced[4, i] * r
                    reduced[5, i] = r"""

ELIMINATE = """                        if count == 1:
                            {name}_only(s, at - SLAB, WIDTH, numbers)
                        elif i == 0:
                            {name}_first(s, at - SLAB, WIDTH, numbers)
                        elif i == count - 1:
                            {name}_last(s, at - SLAB, WIDTH, numbers)
                        else:
                            {name}_middle(s, at - SLAB, WIDTH, numbers)"""

SECOND = """                # back into the pieces, and on to the second stage
                for group in range(groups.shape[0]):
                    first = groups[group, 0]
                    count = groups[group, 1]
                    back_last_1(s, BEGIN + (first + count - 1) * SLAB, WIDTH, numbers)
                    for i in range(count - 2, -1, -1):
                        back_1(s, BEGIN + (first + i) * SLAB, WIDTH, numbers)
{rig_turn}                    for i in range(count):
                        at = BEGIN + (first + i - 1) * SLAB
                        if count == 1:
                            again_only(s, at, WIDTH, numbers)
                        elif i == 0:
                            again_first(s, at, WIDTH, numbers)
                        elif i == count - 1:
                            again_last(s, at, WIDTH, numbers)
                        else:
                            again_middle(s, at, WIDTH, numbers)"""
"""On from the first stage; the separators are to be solved for once more."""

HELD = "clamps[part, j, 0] + clamps[part, j, 1] * {command}"
"""A held potential."""

OPENS = """            past = 1.0 if {beginning} <= k < n else 0.0
            keep = 1.0 if {beginning} <= k + 1 else 0.0
            onward = 1.0
            inverse_h = 1.0 / ({gamma!r} * size)
            if past > 0.0:
                onward = 1.0 / {theta!r}
                inverse_h = 1.0 / ({theta!r} * size)
            gain, turn, loss = {whole}
            if n > 1 and k == 1:
                gain, turn, loss = {after_first}
            if n > 1 and k == n:
                gain, turn, loss = {last}
            fresh = fresh or k == {beginning}
"""
"""The beginning of a step that may look back."""

BENDS = """                        first = share
                        bend = 12.0 * s[watched[i] + {kept} * WIDTH] / (new - before[i])
                        for _ in range(4):
                            share = first + bend * share * (1.0 - share)
"""
"""When a potential that bends crossed the threshold, by its second difference."""

RIGS = {
    "rig_import": "from loligo.engine.support import mounted\n",
    "rig_arguments": """,
        rigs, rig_wave, rig_now, rig_then, rig_levels, rig_tables, rig_size, rig_states, rig_ahead,
        rig_driven, rig_seen, rig_weights, rig_out""",
    "rig_follow": """\
            row = first_wave + k if first_wave >= 0 else -1
            mounted.follow(rig_wave, wave, row, rig_now, rig_then)
""",
    "rig_sample": """\
                mounted.sample(s, rigs, {v} * WIDTH, rig_seen, rig_weights, part, rig_levels,
                               rig_now, rig_states, rig_out, index)
""",
    "rig_begin": """\
                entered = turned = 0
""",
    "rig_enter": """\
                        entered = mounted.enter(
                            s, rigs, entered, at + SLAB, {diagonal} * WIDTH, {right} * WIDTH,
                            rig_tables, rig_size[part], part, rig_levels, rig_now, rig_then,
                            rig_states, rig_driven,
                        )
""",
    "rig_turn": """\
                    turned = mounted.turn(
                        s, rigs, turned, BEGIN + (first + count) * SLAB, {new} * WIDTH,
                        {right} * WIDTH, rig_tables, rig_size[part], part, rig_levels, rig_now,
                        rig_then, rig_states, rig_ahead, rig_driven,
                    )
""",
    "rig_advance": """\
                mounted.advance(s, rigs, {new} * WIDTH, rig_tables, rig_size[part], part,
                                rig_levels, rig_then, rig_states, rig_ahead)
""",
}
"""What is put into the text where rigs are at sites; without any, nothing is."""

_EACH_SLAB = """\
                for group in range(groups.shape[0]):
                    kind = groups[group, 2]
                    for i in range(groups[group, 1]):
                        at = BEGIN + (groups[group, 0] + i) * SLAB
"""
SPREADS = {
    "spread_import": "from loligo.engine.support import spreading\n",
    "spread_arguments": """,
        spread_rows, spread_place, spread_order, spread_parent, spread_volume, spread_links,
        spread_pivot, spread_y, spread_out, spread_more""",
    "spread": f"""\
                # ions along the tree
{_EACH_SLAB}{{before}}
                spreading.first(s, spread_rows, spread_place, spread_order, spread_parent,
                                spread_volume, spread_links, size, spread_pivot, spread_y,
                                spread_out)
{_EACH_SLAB}{{between}}
                spreading.second(s, spread_rows, spread_place, spread_order, spread_parent,
                                 spread_volume, spread_links, size, spread_pivot, spread_y,
                                 spread_out, spread_more)
""",
}
"""What is put into the text where ions spread along the tree; without any, nothing is."""
