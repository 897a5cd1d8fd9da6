TITLE fast sodium with steady states and branches, in the manner of Traub's translated files

INDEPENDENT { t FROM 0 TO 1 WITH 1 (ms) }

UNITS {
	(mV) = (millivolt)
	(mA) = (milliamp)
}

NEURON {
	SUFFIX naf_thalamus
	USEION na READ ena WRITE ina
	RANGE gbar, ina
}

PARAMETER {
	gbar = 0.0 	(mho/cm2)
	v (mV)
	ena 		(mV)
	fastNa_shift = -3.5 : a shift of everything
	a = 0 : offset for minf
	b = 0
	c = 0
	d = 0
}

ASSIGNED {
	ina 		(mA/cm2)
	minf hinf
	mtau (ms) htau (ms)
}

STATE {
	m h
}

BREAKPOINT {
	SOLVE states METHOD cnexp
	ina = gbar * m * m * m * h * ( v - ena )
}

INITIAL {
	settables(v)
	m = minf
	h = hinf
}

DERIVATIVE states {
	settables(v)
	m' = ( minf - m ) / mtau
	h' = ( hinf - h ) / htau
}

UNITSOFF

PROCEDURE settables(v1(mV)) {
	TABLE minf, hinf, mtau, htau FROM -120 TO 40 WITH 641

	minf = 1 / ( 1 + exp( ( - ( v1 + fastNa_shift + a ) - 38 ) / 10 ) )
	if( ( v1 + fastNa_shift ) < -30.0 ) {
		mtau = 0.025 + 0.14 * exp( ( ( v1 + fastNa_shift + b ) + 30 ) / 10 )
	} else{
		mtau = 0.02 + 0.145 * exp( ( - ( v1 + fastNa_shift + d ) - 30 ) / 10 )
	}
	hinf = 1 / ( 1 + exp( ( ( v1 + fastNa_shift * 0 + c ) + 62.9 ) / 10.7 ) )
	htau = 0.15 + 1.15 / ( 1 + exp( ( ( v1 + fastNa_shift * 0 ) + 37 ) / 15 ) )
}

UNITSON
