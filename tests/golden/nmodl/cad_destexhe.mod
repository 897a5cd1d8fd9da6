TITLE decay of intracellular calcium, in the manner of Destexhe's pumps and buffers

NEURON {
	SUFFIX cad_destexhe
	USEION ca READ ica, cai WRITE cai
	RANGE depth, taur, cainf
}

UNITS {
	(molar) = (1/liter)
	(mM) = (millimolar)
	(um) = (micron)
	(mA) = (milliamp)
	(msM) = (ms mM)
	FARADAY = (faraday) (coulomb)
}

PARAMETER {
	depth = 1.2 (um)
	taur = 60 (ms)
	cainf = 1.2e-4 (mM)
}

STATE {
	cai (mM) <1e-8>
}

INITIAL {
	cai = cainf
}

ASSIGNED {
	ica (mA/cm2)
	drive_channel (mM/ms)
}

BREAKPOINT {
	SOLVE state METHOD derivimplicit
}

DERIVATIVE state {
	drive_channel = - (10000) * ica / (2 * FARADAY * depth)
	if (drive_channel <= 0.) { drive_channel = 0. } : cannot pump inward
	cai' = drive_channel + (cainf-cai)/taur
}
