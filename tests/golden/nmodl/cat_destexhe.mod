TITLE low-threshold calcium current, reversal from Nernst's equation in the file
COMMENT
 In the manner of Destexhe's files: m follows at once, phi_h from the temperature, carev computed.
ENDCOMMENT

NEURON {
	SUFFIX cat_destexhe
	USEION ca READ cai, cao WRITE ica
	RANGE gcabar, m_inf, h_inf, shift, carev
	GLOBAL tau_h, phi_h
}

UNITS {
	(molar) = (1/liter)
	(mV) = (millivolt)
	(mA) = (milliamp)
	(mM) = (millimolar)
	FARADAY = (faraday) (coulomb)
	R = (k-mole) (joule/degC)
}

PARAMETER {
	gcabar = 0.00175 (mho/cm2)
	shift = 2 (mV) : screening charge
}

STATE {
	h
}

ASSIGNED {
	v (mV)
	celsius (degC)
	cai (mM)
	cao (mM)
	ica (mA/cm2)
	carev (mV)
	m_inf
	h_inf
	tau_h (ms)
	phi_h
}

BREAKPOINT {
	SOLVE castate METHOD cnexp
	carev = (1e3) * (R*(celsius+273.15))/(2*FARADAY) * log (cao/cai)
	ica = gcabar * m_inf * m_inf * h * (v-carev)
}

DERIVATIVE castate {
	evaluate_fct(v)
	h' = (h_inf - h) / tau_h
}

UNITSOFF
INITIAL {
	phi_h = 3.0 ^ ((celsius-24)/10)
	evaluate_fct(v)
	h = h_inf
}

PROCEDURE evaluate_fct(v(mV)) {
	: initialized above: phi_h
	m_inf = 1.0 / ( 1 + exp(-(v+shift+57)/6.2) )
	h_inf = 1.0 / ( 1 + exp((v+shift+81)/4.0) )
	if ( v < -80) {
		tau_h = exp((v+shift+467)/66.6) / phi_h
	} else {
		tau_h = ( 28 + exp(-(v+shift+22)/10.5) ) / phi_h
	}
}
UNITSON
