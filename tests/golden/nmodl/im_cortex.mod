: slow non-inactivating potassium current (M-current), rates from functions with units

NEURON {
    SUFFIX im_cortex
    USEION k READ ek WRITE ik
    RANGE gkm, taumax
}

UNITS { (mV) = (millivolt) (mA) = (milliamp) (S) = (siemens) }

PARAMETER {
    gkm = 8e-4 (S/cm2) < 0, 1e9 >
    taumax = 820 (ms)
    Vhalf = -35 (mV)
    V10 = 10 (mV)
}

ASSIGNED { v (mV) celsius (degC) ek (mV) ik (mA/cm2) }

STATE { p }

BREAKPOINT {
    SOLVE mstates METHOD cnexp
    ik = gkm * p * (v - ek)
}

INITIAL { p = p_inf(v) }

DERIVATIVE mstates { p' = (p_inf(v) - p) / p_tau(v) }

FUNCTION p_inf(v (mV)) { p_inf = 1 / (1 + exp(-(v - Vhalf) / V10)) }

FUNCTION p_tau(v (mV)) (ms) {
    LOCAL adj
    adj = 2.3 ^ ((celsius - 36) / 10(degC))
    p_tau = taumax / (3.3 * (exp((v - Vhalf) / 20(mV)) + exp(-(v - Vhalf) / 20(mV)))) / adj
}
