: high-voltage-activated calcium current, inactivated by the potential and, at once, by calcium

NEURON {
    SUFFIX ca_hva
    USEION ca READ eca, cai WRITE ica
    RANGE gbar, g
    GLOBAL Kd
}

UNITS {
    (S) = (siemens)
    (mV) = (millivolt)
    (mA) = (milliamp)
    (mM) = (milli/liter)
}

PARAMETER {
    gbar = 0.0021 (S/cm2)
    Kd = 0.0012 (mM)
}

ASSIGNED {
    v (mV)
    eca (mV)
    cai (mM)
    ica (mA/cm2)
    g (S/cm2)
    ma (/ms) mb (/ms) ha (/ms) hb (/ms)
}

STATE { m h }

BREAKPOINT {
    SOLVE states METHOD cnexp
    g = gbar * m^2 * h * fca(cai)
    ica = g * (v - eca)
}

DERIVATIVE states {
    rates(v)
    m' = ma * (1 - m) - mb * m
    h' = ha - h * (ha + hb)
}

INITIAL {
    rates(v)
    m = ma / (ma + mb)
    h = ha / (ha + hb)
}

FUNCTION fca(c (mM)) {
    fca = 1 / (1 + (c / Kd)^2)
}

PROCEDURE rates(v (mV)) {
    UNITSOFF
    if (v == -27) { v = v + 0.0001 }
    ma = (0.055 * (-27 - v)) / (exp((-27 - v) / 3.8) - 1)
    mb = 0.94 * exp((-75 - v) / 17)
    ha = 0.000457 * exp((-13 - v) / 50)
    hb = 0.0065 / (exp((-v - 15) / 28) + 1)
    UNITSON
}
