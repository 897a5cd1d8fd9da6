TITLE A-type potassium current, zeta itself a function of the potential

NEURON {
	SUFFIX ka_proximal
	USEION k READ ek WRITE ik
	RANGE gkabar, gka
	GLOBAL ninf, linf, taul, taun, lmin
}

UNITS {
	(mA) = (milliamp)
	(mV) = (millivolt)
}

PARAMETER {
	gkabar = .012 (mho/cm2)
	vhalfn = 11 (mV)
	vhalfl = -55 (mV)
	a0n = 0.048 (/ms)
	zetan = -1.55 (1)
	zetal = 3.05 (1)
	gmn = 0.56 (1)
	lmin = 2 (ms)
	nmin = 0.12 (ms)
	pw = -1 (1)
	tq = -41
	qq = 5
	q10 = 4.7
}

ASSIGNED {
	v (mV)
	ek (mV)
	celsius (degC)
	ik (mA/cm2)
	gka (mho/cm2)
	ninf linf
	taun (ms)
	taul (ms)
}

STATE { n l }

INITIAL {
	rates(v)
	n = ninf
	l = linf
}

BREAKPOINT {
	SOLVE states METHOD cnexp
	gka = gkabar*n*l
	ik = gka*(v - ek)
}

FUNCTION zeta(v (mV)) {
	zeta = zetan + pw/(1 + exp((v - tq)/qq))
}

FUNCTION alp(v (mV), i) {
	if (i == 0) {
		alp = exp(1.e-3*zeta(v)*(v - vhalfn)*9.648e4/(8.315*(273.16 + celsius)))
	} else {
		alp = exp(1.e-3*zetal*(v - vhalfl)*9.648e4/(8.315*(273.16 + celsius)))
	}
}

FUNCTION bet(v (mV)) {
	bet = exp(1.e-3*zeta(v)*gmn*(v - vhalfn)*9.648e4/(8.315*(273.16 + celsius)))
}

DERIVATIVE states {
	rates(v)
	n' = (ninf - n)/taun
	l' = (linf - l)/taul
}

PROCEDURE rates(v (mV)) {
	LOCAL a, qt
	qt = q10^((celsius - 24)/10)
	a = alp(v, 0)
	ninf = 1/(1 + a)
	taun = bet(v)/(qt*a0n*(1 + a))
	if (taun < nmin) { taun = nmin }
	a = alp(v, 1)
	linf = 1/(1 + a)
	taul = 0.26*(v + 50)
	if (taul < lmin) { taul = lmin }
}
