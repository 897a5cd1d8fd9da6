TITLE sodium channel as a Markov scheme: three closed, one open, two inactivated states

NEURON {
	SUFFIX na_markov
	USEION na READ ena WRITE ina
	RANGE gbar, g
	GLOBAL a0, b0, alfac
	THREADSAFE
}

UNITS { (mV) = (millivolt) (mA) = (milliamp) (S) = (siemens) }

PARAMETER {
	gbar = 0.1 (S/cm2)
	a0 = 1.6 (/ms)
	b0 = 1.2 (/ms)
	alfac = 2.2
	kon = 0.45 (/ms)
	koff = 0.004 (/ms)
	q10 = 2.5
}

ASSIGNED {
	v (mV)
	ena (mV)
	celsius (degC)
	ina (mA/cm2)
	g (S/cm2)
	am (/ms)
	bm (/ms)
	q
}

STATE { c1 c2 c3 o i1 i2 }

INITIAL {
	rates(v)
	SOLVE kin STEADYSTATE sparse
}

BREAKPOINT {
	SOLVE kin METHOD sparse
	g = gbar * o
	ina = g * (v - ena)
}

KINETIC kin {
	rates(v)
	~ c1 <-> c2 (3*am, bm)
	~ c2 <-> c3 (2*am, 2*bm)
	~ c3 <-> o (am, 3*bm)
	~ o <-> i1 (kon*q, koff*q)
	~ c3 <-> i2 (kon*q/alfac, koff*q*alfac)
	~ i2 <-> i1 (am*alfac, 3*bm/alfac)
	CONSERVE c1 + c2 + c3 + o + i1 + i2 = 1
}

PROCEDURE rates(v (mV)) {
	q = q10^((celsius - 22)/10)
	am = q * a0 * exp((v + 20)/14)
	bm = q * b0 * exp(-(v + 48)/19)
}
