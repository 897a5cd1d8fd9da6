"""The stepper, as the text that follows a cell's functions in generated source.

It is text and no function, since numba compiles and keeps a module as a whole. Rows of a run:
states, then the running features in the order of `FEATURE_ROWS`.
"""

FEATURE_ROWS = (
    "spike_count",
    "first_spike_time",
    "last_spike_time",
    "maximum_potential",
    "minimum_potential",
    "mean_potential",
)

DONE, AGAIN, DIVERGED, UNDERFLOW, TOO_MANY = range(5)
"""What ``run`` returns."""

DRIVER = '''

@njit(error_model="numpy", cache=True)
def largest_share(error, y, new, scales, tolerance):
    """Return the largest error of a state as a share of what is allowed."""
    largest = 0.0
    for n in range(MOVING):
        allowed = tolerance * (scales[n] + max(abs(y[n]), abs(new[n])))
        share = abs(error[n]) / allowed
        if not share < np.inf:
            return np.inf
        largest = max(largest, share)
    return largest


@njit(error_model="numpy", cache=True)
def first_size(y, c, level, scale, piece, kind, numbers, f, u, new, scales, tolerance):
    """Return a size to begin with, from the rates at the start and how they change.

    The recipe of Hairer, Norsett & Wanner 1993, https://doi.org/10.1007/978-3-540-78862-1, II.4.
    """
    wave = shape_value(kind[0], 0.0, numbers, kind[1], kind[2])
    rates((y, c, f), (level, scale, wave))
    size, speed, bend = 0.0, 0.0, 0.0
    for n in range(MOVING):
        allowed = tolerance * (scales[n] + abs(y[n]))
        size = max(size, abs(y[n]) / allowed)
        speed = max(speed, abs(f[n]) / allowed)
    length = piece[1] - piece[0]
    h = min(length, piece[5])
    if speed > 1e-5:
        h = min(h, 0.01 * size / speed if size > 1e-5 else 1e-6)
    for n in range(MOVING):
        u[n] = y[n] + h * f[n]
    wave = shape_value(kind[0], h, numbers, kind[1], kind[2])
    rates((u, c, new), (level, scale, wave))
    for n in range(MOVING):
        allowed = tolerance * (scales[n] + abs(y[n]))
        bend = max(bend, abs(new[n] - f[n]) / allowed / h)
    most = max(speed, bend)
    better = 100.0 * h if most <= 1e-15 else (0.01 / most) ** 0.2
    return min(min(100.0 * h, better), length)


@njit(error_model="numpy", cache=True)
def attempt(y, c, level, scale, kind, numbers, at, h, jacobian, drift, f, lu, k, u, new):
    """Take a step of size h, `at` after the start of its piece; set the stages and the new state.

    The Jacobian, the drift and, in the place of the first stage's rates, `f` are given.
    """
    factor((jacobian, lu), (1.0 / (GAMMA * h),))
    rate = shape_rate(kind[0], at, numbers, kind[1], kind[2])
    for i in range(STAGES):
        if i > 0:
            for n in range(MOVING):
                u[n] = y[n]
            for j in range(i):
                for n in range(MOVING):
                    u[n] += A[i, j] * k[j, n]
            wave = shape_value(kind[0], at + NODE[i] * h, numbers, kind[1], kind[2])
            rates((u, c, k[i]), (level, scale, wave))
        else:
            for n in range(MOVING):
                k[0, n] = f[n]
        for j in range(i):
            weight = C[i, j] / h
            for n in range(MOVING):
                k[i, n] += weight * k[j, n]
        for n in range(MOVING):
            k[i, n] += h * DRIFT[i] * rate * drift[n]
        solve((lu, k[i]), ())
    for n in range(MOVING):
        new[n] = u[n] + k[STAGES - 1, n]


@njit(error_model="numpy", cache=True)
def interpolate(y, new, k, q):
    """Set the polynomial of each state within the step."""
    for n in range(MOVING):
        d1 = d2 = d3 = 0.0
        for j in range(STAGES):
            d1 += DENSE[0, j] * k[j, n]
            d2 += DENSE[1, j] * k[j, n]
            d3 += DENSE[2, j] * k[j, n]
        q[HELD + n, 0] = y[n]
        q[HELD + n, 1] = new[n] - y[n] + d1
        q[HELD + n, 2] = d2 - d1
        q[HELD + n, 3] = d3 - d2
        q[HELD + n, 4] = -d3


@njit(error_model="numpy", cache=True)
def command(level, scale, kind, numbers, at):
    """Return the command `at` after the start of its piece."""
    return level + scale * shape_value(kind[0], at, numbers, kind[1], kind[2])


@njit(error_model="numpy", cache=True)
def hold(level, scale, kind, numbers, at, h, q):
    """Set the polynomial of the potential that a clamp holds."""
    quartic.through(
        command(level, scale, kind, numbers, at),
        command(level, scale, kind, numbers, at + 0.25 * h),
        command(level, scale, kind, numbers, at + 0.5 * h),
        command(level, scale, kind, numbers, at + 0.75 * h),
        command(level, scale, kind, numbers, at + h),
        q,
    )


@njit(error_model="numpy", cache=True)
def watch(q, last, t, h, threshold, row, places, event_time, event_run, cursor):
    """Bring the running features up to date, and keep the crossings of the threshold."""
    count = quartic.crossings(q, last, threshold, places)
    for i in range(count):
        spike(t + places[i] * h, row, event_time, event_run, cursor)
    low, high = quartic.extremes(q, last, row[STATES + 4], row[STATES + 3])
    row[STATES + 4], row[STATES + 3] = low, high
    row[STATES + 5] += h * quartic.integral(q)


@njit(error_model="numpy", cache=True)
def spike(t, row, event_time, event_run, cursor):
    """Count a spike and keep its time."""
    row[STATES] += 1.0
    row[STATES + 1] = min(row[STATES + 1], t)
    row[STATES + 2] = t
    event_time[cursor[4]] = t
    event_run[cursor[4]] = cursor[0]
    cursor[4] += 1


@njit(nogil=True, error_model="numpy", cache=True)
def run(rows, constants, whose, commands, scales, sweeps, pieces, kinds, numbers, samples,
        sampling, edge, out, threshold, tolerance, longest, most_steps, event_time, event_run, cursor, memory,
        last_run, budget):
    """Take runs from a cursor on; return 0 when done, 1 to be called again, else what went wrong.

    ``cursor`` holds run, piece, sample, steps of the run, events found; ``memory`` the time, the
    size of the next step, and the memory of the controller.
    """
    y, new, u = np.empty(MOVING), np.empty(MOVING), np.empty(MOVING)
    f, drift, k = np.empty(MOVING), np.empty(MOVING), np.empty((STAGES, MOVING))
    jacobian, lu = np.empty(ENTRIES), np.empty(FACTORS)
    q, z, places = np.zeros((STATES, 5)), np.empty(STATES), np.empty(4)
    seen = np.empty(RECORDED)
    while cursor[0] < last_run:
        r = cursor[0]
        row, c, sweep = rows[r], constants[whose[r]], sweeps[r]
        while cursor[1] < sweep[1]:
            p = cursor[1]
            piece, kind = pieces[p], kinds[p]
            level = commands[r, 0] + commands[r, 1] * piece[2]
            scale = commands[r, 1] * piece[3]
            start, stop = piece[0], piece[1]
            for n in range(MOVING):
                y[n] = row[HELD + n]
            if memory[1] <= 0.0:
                if HELD:
                    v = command(level, scale, kind, numbers, 0.0)
                    if row[0] < threshold <= v:
                        spike(start, row, event_time, event_run, cursor)
                else:
                    y[0] += commands[r, 2] * piece[4]
                memory[0] = start
                memory[1] = first_size(y, c, level, scale, piece, kind, numbers, f, u, new, scales[r],
                                       tolerance)
                memory[2] = memory[3] = memory[4] = 0.0
            fresh = False
            while memory[0] < stop:
                t = memory[0]
                h = min(memory[1], min(longest, piece[5]))
                ends = t + 1.001 * h >= stop
                if ends:
                    h = stop - t
                elif t + 2.0 * h > stop:
                    h = 0.5 * (stop - t)
                at = t - start
                if not fresh:
                    wave = shape_value(kind[0], at, numbers, kind[1], kind[2])
                    linearize((y, c, f, jacobian, drift), (level, scale, wave))
                    fresh = True
                attempt(y, c, level, scale, kind, numbers, at, h, jacobian, drift, f, lu, k, u, new)
                error = largest_share(k[STAGES - 1], y, new, scales[r], tolerance)
                memory[1] = next_size(h, error, memory[2:])
                cursor[3] += 1
                budget -= 1
                if not error <= 1.0:
                    if t + memory[1] <= t:
                        return 3
                    if cursor[3] > most_steps:
                        return 4
                    continue
                fresh = False
                interpolate(y, new, k, q)
                if HELD:
                    hold(level, scale, kind, numbers, at, h, q[0])
                last = command(level, scale, kind, numbers, at + h) if HELD else new[0]
                watch(q[0], last, t, h, threshold, row, places, event_time, event_run, cursor)
                until = stop - edge if ends else t + h
                while cursor[2] < samples[r] and cursor[2] * sampling < until:
                    x = min(1.0, max(0.0, (cursor[2] * sampling - t) / h))
                    for n in range(STATES):
                        z[n] = quartic.value(q[n], x)
                    wave = shape_value(kind[0], at + x * h, numbers, kind[1], kind[2])
                    if HELD:
                        z[0] = level + scale * wave
                        wave = shape_rate(kind[0], at + x * h, numbers, kind[1], kind[2])
                    sample((z, c, seen), (level, scale, wave))
                    for n in range(RECORDED):
                        out[r, n, cursor[2]] = seen[n]
                    cursor[2] += 1
                for n in range(MOVING):
                    y[n] = new[n]
                    row[HELD + n] = new[n]
                row[0] = last
                memory[0] = stop if ends else t + h
                if not abs(last) < {largest}:
                    return 2
                if cursor[3] > most_steps:
                    return 4
                if budget <= 0 or cursor[4] > event_time.size - 8:
                    return 1
            cursor[1] += 1
            memory[1] = 0.0
        cursor[0] += 1
        if cursor[0] < last_run:
            cursor[1] = sweeps[cursor[0], 0]
        cursor[2] = cursor[3] = 0
    return 0
'''
