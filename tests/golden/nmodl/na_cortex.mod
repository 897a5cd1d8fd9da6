COMMENT
 Fast sodium current of cortical neurons, in the manner of Mainen's files: pS/um2, tadj from INITIAL,
 trap0 for the rates. Numbers near those of Mainen & Sejnowski 1996.
ENDCOMMENT

INDEPENDENT {t FROM 0 TO 1 WITH 1 (ms)}

NEURON {
	SUFFIX na_cortex
	USEION na READ ena WRITE ina
	RANGE m, h, gna, gbar
	GLOBAL tha, thi1, thi2, qa, qi, qinf, thinf
	RANGE minf, hinf, mtau, htau
	GLOBAL Ra, Rb, Rd, Rg
	GLOBAL q10, temp, tadj, vmin, vmax, vshift
}

PARAMETER {
	gbar = 900   	(pS/um2)	: 0.09 mho/cm2
	vshift = -4	(mV)		: voltage shift (affects all)

	tha  = -35.5	(mV)		: v 1/2 for act
	qa   = 8.7	(mV)		: act slope
	Ra   = 0.19	(/ms)		: open (v)
	Rb   = 0.121	(/ms)		: close (v)

	thi1  = -50.5	(mV)		: v 1/2 for inact
	thi2  = -74	(mV)		: v 1/2 for inact
	qi   = 5.1	(mV)	        : inact tau slope
	thinf  = -64	(mV)		: inact inf slope
	qinf  = 6.4	(mV)		: inact inf slope
	Rg   = 0.0093	(/ms)		: inact (v)
	Rd   = 0.0242	(/ms)		: inact recov (v)

	temp = 23	(degC)		: original temp
	q10  = 2.3			: temperature sensitivity

	v 		(mV)
	dt		(ms)
	celsius		(degC)
	vmin = -120	(mV)
	vmax = 100	(mV)
}

UNITS {
	(mA) = (milliamp)
	(mV) = (millivolt)
	(pS) = (picosiemens)
	(um) = (micron)
}

ASSIGNED {
	ina 		(mA/cm2)
	gna		(pS/um2)
	ena		(mV)
	minf 		hinf
	mtau (ms)	htau (ms)
	tadj
}

STATE { m h }

INITIAL {
	tadj = q10^((celsius - temp)/10)
	rates(v+vshift)
	m = minf
	h = hinf
}

BREAKPOINT {
        SOLVE states METHOD cnexp
        gna = tadj*gbar*m*m*m*h
	ina = (1e-4) * gna * (v - ena)
}

DERIVATIVE states {
        rates(v+vshift)
        m' =  (minf-m)/mtau
        h' =  (hinf-h)/htau
}

PROCEDURE rates(vm) {
        LOCAL  a, b

	a = trap0(vm,tha,Ra,qa)
	b = trap0(-vm,-tha,Rb,qa)

        tadj = q10^((celsius - temp)/10)

	mtau = 1/tadj/(a+b)
	minf = a/(a+b)

		:"h" inactivation

	a = trap0(vm,thi1,Rd,qi)
	b = trap0(-vm,-thi2,Rg,qi)
	htau = 1/tadj/(a+b)
	hinf = 1/(1+exp((vm-thinf)/qinf))
}

FUNCTION trap0(v,th,a,q) {
	if (fabs((v-th)/q) > 1e-6) {
	        trap0 = a * (v - th) / (1 - exp(-(v - th)/q))
	} else {
	        trap0 = a * q
 	}
}
