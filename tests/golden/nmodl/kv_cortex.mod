COMMENT
 Delayed rectifier beside na_cortex, with rates that are singular at one point and say so in a
 comment only.
ENDCOMMENT

NEURON {
	SUFFIX kv_cortex
	USEION k READ ek WRITE ik
	RANGE n, gk, gbar, ninf, ntau
	GLOBAL Ra, Rb, q10, temp, tha, qa
}

UNITS { (mA) = (milliamp) (mV) = (millivolt) (pS) = (picosiemens) (um) = (micron) }

PARAMETER {
	gbar = 420 (pS/um2)
	tha = 24.3 (mV)
	qa = 9.1 (mV)
	Ra = 0.021 (/ms)
	Rb = 0.0019 (/ms)
	temp = 23 (degC)
	q10 = 2.3
}

ASSIGNED {
	v (mV)
	celsius (degC)
	a (/ms)
	b (/ms)
	ik (mA/cm2)
	gk (pS/um2)
	ek (mV)
	ninf
	ntau (ms)
	tadj
}

STATE { n }

INITIAL {
	rates(v)
	n = ninf
}

BREAKPOINT {
	SOLVE states METHOD cnexp
	tadj = q10^((celsius - temp)/10)
	gk = tadj*gbar*n
	ik = (1e-4) * gk * (v - ek)
}

DERIVATIVE states {
	rates(v)
	n' = (ninf - n)/ntau
}

PROCEDURE rates(v (mV)) {  : v = tha is never met exactly
	a = Ra * (v - tha) / (1 - exp(-(v - tha)/qa))
	b = -Rb * (v - tha) / (1 - exp((v - tha)/qa))
	tadj = q10^((celsius - temp)/10)
	ntau = 1/(a + b)/tadj
	ninf = a/(a + b)
}
